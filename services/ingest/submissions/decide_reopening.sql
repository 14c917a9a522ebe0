-- Grants or declines the open reopening request of a month, if there is one.
UPDATE reopening
SET state = %(state)s, decided_at = %(at)s, decided_by = %(actor)s, decided_org = %(by_org)s, decision = %(reason)s
WHERE campaign = %(campaign)s AND org = %(org)s AND month = %(month)s AND state = 'open'
