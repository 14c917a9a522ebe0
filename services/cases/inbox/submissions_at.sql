-- The state of each month that was moved, at a time. Binds: campaign, at (the time; NULL: now).
SELECT s.org, s.month, s.state
FROM submission s
CROSS JOIN (
    SELECT coalesce(max(l.version), 0) AS version
    FROM ledger l
    WHERE l.campaign = %(campaign)s AND (%(at)s::timestamptz IS NULL OR l.at <= %(at)s::timestamptz)
) AS latest
WHERE s.campaign = %(campaign)s AND s.version <= latest.version AND (s.until IS NULL OR s.until > latest.version)
ORDER BY s.month, s.org
