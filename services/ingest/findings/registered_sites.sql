-- The number of distinct sites of the carriers' stations of a month, by area; only areas where every carrier lists stations.
-- Runs with reach campaign.
-- Binds: campaign, month, carriers.
SELECT r.area, count(DISTINCT r.body ->> 'site')
FROM register_row r
WHERE r.campaign = %(campaign)s AND r.org = ANY(%(carriers)s::text[]) AND r.month = %(month)s AND r.register = 'base_stations'
GROUP BY r.area
HAVING count(DISTINCT r.org) = cardinality(%(carriers)s::text[])
ORDER BY r.area
