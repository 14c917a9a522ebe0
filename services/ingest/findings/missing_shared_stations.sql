-- Shared stations of a month that one carrier (`org`) lists and the other one does not list, or does not list as shared with it.
-- `built`: the other carrier built it; `listed`: the other carrier lists it; then the carriers with which that one shares it.
-- Carriers without a register in that month are left out. Runs with reach campaign.
-- OFFSET 0 keeps the planner, which underestimates the table, at one index lookup for each station.
-- Binds: campaign, month, carriers.
WITH listing AS (
    SELECT array_agg(c.org) AS orgs
    FROM unnest(%(carriers)s::text[]) AS c (org)
    WHERE EXISTS (
        SELECT FROM register_row r
        WHERE r.campaign = %(campaign)s AND r.org = c.org AND r.month = %(month)s AND r.register = 'base_stations'
    )
),
named AS (
    SELECT r.org, n.other, n.built, r.area, r.key
    FROM register_row r
    CROSS JOIN LATERAL (
        SELECT r.body ->> 'built_by' AS other, true AS built
        UNION ALL
        SELECT w.org, false
        FROM jsonb_array_elements_text(r.body -> 'shared_with') AS w (org)
        WHERE r.body ->> 'built_by' = r.org
    ) n
    WHERE r.campaign = %(campaign)s AND r.org = ANY(%(carriers)s::text[]) AND r.month = %(month)s
        AND r.register = 'base_stations' AND n.other <> r.org AND n.other = ANY((SELECT orgs FROM listing)::text[])
)
SELECT n.org, n.other, n.built, s.key IS NOT NULL AS listed, n.area, n.key, s.body -> 'shared_with'
FROM named n
LEFT JOIN LATERAL (
    SELECT o.key, o.body
    FROM register_row o
    WHERE o.campaign = %(campaign)s AND o.org = n.other AND o.month = %(month)s AND o.register = 'base_stations' AND o.key = n.key
    OFFSET 0
) s ON true
WHERE s.key IS NULL OR (n.built AND NOT coalesce(s.body -> 'shared_with' @> to_jsonb(n.org), false))
ORDER BY 1, 2, 3 DESC, 4, 5, 6
