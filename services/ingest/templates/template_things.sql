-- The things of one month that an organisation's register is about, over every list of them, each as the first of `keepers` has it.
-- Runs with reach campaign; holds no number that an organisation reports of its own network.
SELECT DISTINCT ON (r.key) r.key, r.area, r.body
FROM register_row r
WHERE r.campaign = %(campaign)s AND r.org = ANY(%(keepers)s::text[]) AND r.month = %(month)s AND r.register = %(register)s
ORDER BY r.key, array_position(%(keepers)s::text[], r.org)
