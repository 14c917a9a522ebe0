-- The first and the last month of which an organisation has ever reported counts. Binds: campaign, org.
SELECT min(m.first), max(m.last)
FROM (
    SELECT min(o.month) AS first, max(o.month) AS last
    FROM observation o
    WHERE o.campaign = %(campaign)s AND o.org = %(org)s
    UNION ALL
    SELECT min(h.month), max(h.month)
    FROM observation_history h
    WHERE h.campaign = %(campaign)s AND h.org = %(org)s
) m
