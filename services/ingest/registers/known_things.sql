-- The things of one month that other registers refer to, over every organisation's lists, each as the first of `keepers` has it.
-- Runs with reach campaign; holds no number that an organisation reports of its own network.
SELECT DISTINCT ON (r.key)
    r.key, r.area, r.body ->> 'removed_because' AS removed_because, (r.body ->> 'households')::bigint AS households
FROM register_row r
WHERE r.campaign = %(campaign)s AND r.org = ANY(%(keepers)s::text[]) AND r.month = %(month)s AND r.register = %(register)s
ORDER BY r.key, array_position(%(keepers)s::text[], r.org)
