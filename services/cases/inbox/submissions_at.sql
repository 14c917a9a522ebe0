-- The state of each month that was moved, as of a data version. Binds: campaign, version.
SELECT s.org, s.month, s.state
FROM submission s
WHERE s.campaign = %(campaign)s AND s.version <= %(version)s AND (s.until IS NULL OR s.until > %(version)s)
ORDER BY s.month, s.org
