-- Shared stations of a month that one carrier lists and the other one does not, or not as shared with it: who lists it, the other
-- one, whether that one built it, whether it stands on that one's list, and with whom that one shares it. A carrier without a list
-- of that month says nothing. Runs with reach campaign.
-- Binds: campaign, month, carriers.
WITH listing AS (
    SELECT c.org
    FROM unnest(%(carriers)s::text[]) AS c (org)
    WHERE EXISTS (
        SELECT FROM register_row r
        WHERE r.campaign = %(campaign)s AND r.org = c.org AND r.month = %(month)s AND r.register = 'base_stations'
    )
)
SELECT r.org, b.org AS other, true AS others, s.key IS NOT NULL AS stands, r.area, r.key, s.body -> 'shared_with'
FROM register_row r
JOIN listing b ON b.org = r.body ->> 'built_by' AND b.org <> r.org
LEFT JOIN register_row s
    ON s.campaign = %(campaign)s AND s.org = b.org AND s.month = %(month)s AND s.register = 'base_stations' AND s.key = r.key
WHERE r.campaign = %(campaign)s AND r.org = ANY(%(carriers)s::text[]) AND r.month = %(month)s AND r.register = 'base_stations'
    AND (s.key IS NULL OR NOT coalesce(s.body -> 'shared_with' @> to_jsonb(r.org), false))
UNION ALL
SELECT r.org, a.org, false, false, r.area, r.key, NULL
FROM register_row r
CROSS JOIN LATERAL jsonb_array_elements_text(r.body -> 'shared_with') AS w (org)
JOIN listing a ON a.org = w.org AND a.org <> r.org
LEFT JOIN register_row s
    ON s.campaign = %(campaign)s AND s.org = a.org AND s.month = %(month)s AND s.register = 'base_stations' AND s.key = r.key
WHERE r.campaign = %(campaign)s AND r.org = ANY(%(carriers)s::text[]) AND r.month = %(month)s AND r.register = 'base_stations'
    AND r.body ->> 'built_by' = r.org AND s.key IS NULL
ORDER BY 1, 2, 3 DESC, 4, 5, 6
