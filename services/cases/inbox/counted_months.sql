-- The first and the last month of which an organisation has reported counts, and the data version at a time.
-- Binds: campaign, org, at (the time; NULL: now).
SELECT min(m.first), max(m.last), coalesce(max(m.version), 0)
FROM (
    SELECT min(o.month) AS first, max(o.month) AS last, NULL::bigint AS version
    FROM observation o
    WHERE o.campaign = %(campaign)s AND o.org = %(org)s
    UNION ALL
    SELECT min(h.month), max(h.month), NULL
    FROM observation_history h
    WHERE h.campaign = %(campaign)s AND h.org = %(org)s
    UNION ALL
    SELECT NULL, NULL, max(l.version)
    FROM ledger l
    WHERE l.campaign = %(campaign)s AND (%(at)s::timestamptz IS NULL OR l.at <= %(at)s::timestamptz)
) m
