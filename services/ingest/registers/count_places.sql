-- Key places of one month by area, over every organisation's lists: listed, reached by any carrier, reached by all. Runs with
-- reach campaign. A place that several keep counts once, as the first of `keepers` has it. Reached is counted only where every
-- carrier tested some place of the area: a carrier without a list is missing, not a failure of its network.
INSERT INTO register_count (org, month, metric, area, value)
WITH place AS (
    SELECT DISTINCT ON (r.key) r.key, r.area, r.body ->> 'removed_because' IS NULL AS listed
    FROM register_row r
    WHERE r.campaign = %(campaign)s AND r.org = ANY(%(keepers)s::text[]) AND r.month = %(month)s AND r.register = 'key_places'
    ORDER BY r.key, array_position(%(keepers)s::text[], r.org)
),
tested AS (
    SELECT p.area, p.key, t.org, (t.body ->> 'reached')::boolean AS reached
    FROM place p
    JOIN register_row t
        ON t.campaign = %(campaign)s AND t.org = ANY(%(carriers)s::text[]) AND t.month = %(month)s
        AND t.register = 'place_tests' AND t.key = p.key
    WHERE p.listed
),
heard AS (
    SELECT t.area, count(DISTINCT t.org) = cardinality(%(carriers)s::text[]) AS everybody FROM tested t GROUP BY t.area
),
reached AS (
    SELECT t.area, t.key, count(*) = cardinality(%(carriers)s::text[]) AS by_all FROM tested t WHERE t.reached GROUP BY t.area, t.key
),
counted AS (
    SELECT p.area, count(*) FILTER (WHERE p.listed) AS listed, count(r.key) AS by_any, count(r.key) FILTER (WHERE r.by_all) AS by_all
    FROM place p
    LEFT JOIN reached r ON r.key = p.key
    GROUP BY p.area
)
SELECT '*', %(month)s, c.metric, n.area, c.value
FROM counted n
JOIN (SELECT DISTINCT t.area FROM register_touched t WHERE t.month = %(month)s) t ON t.area = n.area
LEFT JOIN heard h ON h.area = n.area
CROSS JOIN LATERAL (
    VALUES (%(listed)s::int, n.listed, true), (%(any)s::int, n.by_any, h.everybody), (%(all)s::int, n.by_all, h.everybody)
) c (metric, value, known)
WHERE c.metric IS NOT NULL AND c.known
