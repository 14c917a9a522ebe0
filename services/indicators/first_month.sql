-- The first month with a count of any version, or with an approved case; null if there is none.
-- Binds: campaign; orgs. Each organisation's first month is the first entry of its part of the key.
SELECT least(
    (
        SELECT min(first.month)
        FROM unnest(%(orgs)s::text[]) AS c (org)
        CROSS JOIN LATERAL (
            (
                SELECT o.month
                FROM observation o
                WHERE o.campaign = %(campaign)s AND o.org = c.org
                ORDER BY o.month
                LIMIT 1
            )
            UNION ALL
            (
                SELECT h.month
                FROM observation_history h
                WHERE h.campaign = %(campaign)s AND h.org = c.org
                ORDER BY h.month
                LIMIT 1
            )
        ) first
    ),
    (SELECT min(date_trunc('month', c.approved_on)::date) FROM case_file c WHERE c.campaign = %(campaign)s)
)
