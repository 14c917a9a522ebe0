-- What one carrier's own list of a month says by area: of its tests the places reached, of its coverage the homes, of its
-- stations the ones it built and the ones it shares in.
INSERT INTO register_count (org, month, metric, area, value)
SELECT %(org)s, %(month)s, c.metric, n.area, c.value
FROM (
    SELECT
        r.area,
        count(*) FILTER (WHERE (r.body ->> 'reached')::boolean) AS reached,
        sum((r.body ->> 'covered')::bigint) AS covered,
        count(*) FILTER (WHERE r.body ->> 'built_by' = %(org)s) AS built,
        count(*) FILTER (WHERE r.body ->> 'built_by' <> %(org)s) AS shared_in
    FROM register_row r
    WHERE r.campaign = %(campaign)s AND r.org = %(org)s AND r.month = %(month)s AND r.register = %(register)s
    GROUP BY r.area
) n
JOIN (SELECT DISTINCT t.area FROM register_touched t WHERE t.month = %(month)s) t ON t.area = n.area
CROSS JOIN LATERAL (
    VALUES
        (%(places_each)s::int, n.reached),
        (%(homes_each)s::int, n.covered),
        (%(stations_built)s::int, n.built),
        (%(stations_shared_in)s::int, n.shared_in)
) c (metric, value)
WHERE c.metric IS NOT NULL
