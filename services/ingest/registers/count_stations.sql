-- Stations of one month by area, over every carrier's list, each counted once: a row's key names the builder and its number. Its
-- area is the builder's, where the builder lists it too. Runs with reach campaign.
INSERT INTO register_count (org, month, metric, area, value)
SELECT '*', %(month)s, %(once)s::int, n.area, count(*)
FROM (
    SELECT DISTINCT ON (r.key) r.key, r.area
    FROM register_row r
    WHERE r.campaign = %(campaign)s AND r.org = ANY(%(carriers)s::text[]) AND r.month = %(month)s
        AND r.register = 'base_stations'
    ORDER BY r.key, r.body ->> 'built_by' = r.org DESC, array_position(%(carriers)s::text[], r.org)
) n
JOIN (SELECT DISTINCT t.area FROM register_touched t WHERE t.month = %(month)s) t ON t.area = n.area
WHERE %(once)s::int IS NOT NULL
GROUP BY n.area
