-- Ends the current state of a month at the data version that replaces it.
UPDATE submission
SET until = %(version)s
WHERE campaign = %(campaign)s AND org = %(org)s AND month = %(month)s AND until IS NULL
