-- Homes of one month by area, over every organisation's lists: households, and the exact bounds of what is covered, building by
-- building: at least its largest carrier's, at most the carriers' together, never more than its households. Runs with reach
-- campaign. A building that several keep counts once, as the first of `keepers` has it. The bounds are given only where every
-- carrier listed some building of the area: a carrier without a list is missing, and covers not nothing.
INSERT INTO register_count (org, month, metric, area, value)
WITH building AS (
    SELECT DISTINCT ON (r.key) r.key, r.area, (r.body ->> 'households')::bigint AS households
    FROM register_row r
    WHERE r.campaign = %(campaign)s AND r.org = ANY(%(keepers)s::text[]) AND r.month = %(month)s AND r.register = 'compounds'
    ORDER BY r.key, array_position(%(keepers)s::text[], r.org)
),
covered AS (
    SELECT b.area, b.key, c.org, (c.body ->> 'covered')::bigint AS homes
    FROM building b
    JOIN register_row c
        ON c.campaign = %(campaign)s AND c.org = ANY(%(carriers)s::text[]) AND c.month = %(month)s
        AND c.register = 'home_coverage' AND c.key = b.key
),
heard AS (
    SELECT c.area, count(DISTINCT c.org) = cardinality(%(carriers)s::text[]) AS everybody FROM covered c GROUP BY c.area
),
bounds AS (
    SELECT c.key, max(c.homes) AS most, sum(c.homes) AS together FROM covered c GROUP BY c.key
),
counted AS (
    SELECT
        b.area,
        sum(b.households) AS households,
        sum(least(b.households, coalesce(x.most, 0))) AS lower,
        sum(least(b.households, coalesce(x.together, 0))) AS upper
    FROM building b
    LEFT JOIN bounds x ON x.key = b.key
    GROUP BY b.area
)
SELECT '*', %(month)s, c.metric, n.area, c.value
FROM counted n
JOIN (SELECT DISTINCT t.area FROM register_touched t WHERE t.month = %(month)s) t ON t.area = n.area
LEFT JOIN heard h ON h.area = n.area
CROSS JOIN LATERAL (
    VALUES (%(households)s::int, n.households, true), (%(lower)s::int, n.lower, h.everybody), (%(upper)s::int, n.upper, h.everybody)
) c (metric, value, known)
WHERE c.metric IS NOT NULL AND c.known
