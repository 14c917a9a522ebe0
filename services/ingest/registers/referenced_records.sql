-- The places or buildings of one month that other registers refer to, from the registers of all `keepers`; where several have one,
-- the first keeper's row is returned. Runs with reach campaign; returns no number that a carrier reports about its own network.
SELECT DISTINCT ON (r.key)
    r.key, r.area, r.body ->> 'removed_because' AS removed_because, (r.body ->> 'households')::bigint AS households
FROM register_row r
WHERE r.campaign = %(campaign)s AND r.org = ANY(%(keepers)s::text[]) AND r.month = %(month)s AND r.register = %(register)s
ORDER BY r.key, array_position(%(keepers)s::text[], r.org)
