-- The first and the last month with a count or an approved case, as of a data version; null if there is none.
-- Binds: campaign; orgs; version. Each organisation's first and last month are the ends of its part of the key.
SELECT min(v.month), max(v.month)
FROM (
    SELECT o.month
    FROM unnest(%(orgs)s::text[]) AS c (org)
    CROSS JOIN LATERAL (
        (
            SELECT o.month
            FROM observation o
            WHERE o.campaign = %(campaign)s AND o.org = c.org AND o.version <= %(version)s
            ORDER BY o.month
            LIMIT 1
        )
        UNION ALL
        (
            SELECT o.month
            FROM observation o
            WHERE o.campaign = %(campaign)s AND o.org = c.org AND o.version <= %(version)s
            ORDER BY o.month DESC
            LIMIT 1
        )
        UNION ALL
        SELECT m.month
        FROM (
            SELECT min(h.month) AS first, max(h.month) AS last
            FROM observation_history h
            WHERE h.campaign = %(campaign)s AND h.org = c.org AND h.version <= %(version)s AND h.until > %(version)s
        ) h
        CROSS JOIN LATERAL (VALUES (h.first), (h.last)) AS m (month)
    ) o
    UNION ALL
    SELECT date_trunc('month', c.approved_on)::date
    FROM case_file c
    WHERE c.campaign = %(campaign)s AND c.approved_version <= %(version)s
        AND (c.ended_version IS NULL OR c.ended_version > %(version)s)
) v
