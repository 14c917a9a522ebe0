-- Things that stand on several organisations' lists of a month and are not the same on all of them: a row for each list, the area
-- and some columns of each. Runs with reach campaign.
-- Binds: campaign, month, register, keepers in the order in which their word holds, columns.
WITH listed AS (
    SELECT r.campaign, r.key, r.org, r.area, ARRAY(
        SELECT r.body ->> c.name FROM unnest(%(columns)s::text[]) WITH ORDINALITY AS c (name, place) ORDER BY c.place
    ) AS said
    FROM register_row r
    WHERE r.campaign = %(campaign)s AND r.org = ANY(%(keepers)s::text[]) AND r.month = %(month)s AND r.register = %(register)s
)
SELECT l.key, l.org, l.area, l.said
FROM listed l
JOIN (
    SELECT campaign, key FROM listed GROUP BY campaign, key HAVING count(DISTINCT (area, said)) > 1
) d ON d.campaign = l.campaign AND d.key = l.key
ORDER BY l.key, array_position(%(keepers)s::text[], l.org)
