-- The state of each month that was moved, at the end of a day. Binds: campaign, until (end of the day; NULL: now).
SELECT s.org, s.month, s.state
FROM submission s
CROSS JOIN (
    SELECT coalesce(max(l.version), 0) AS version
    FROM ledger l
    WHERE l.campaign = %(campaign)s AND (%(until)s::timestamptz IS NULL OR l.at < %(until)s::timestamptz)
) AS latest
WHERE s.campaign = %(campaign)s AND s.version <= latest.version AND (s.until IS NULL OR s.until > latest.version)
ORDER BY s.month, s.org
