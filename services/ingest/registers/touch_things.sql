-- Notes where else the push changes what lists say together: where other organisations, or the list that is referred to, have the
-- things whose rows it changes. Runs with reach campaign.
INSERT INTO register_touched (month, key, area)
SELECT r.month, r.key, r.area
FROM (SELECT DISTINCT t.key FROM register_touched t WHERE t.month = %(month)s) t
JOIN register_row r
    ON r.campaign = %(campaign)s AND r.org = ANY(%(keepers)s::text[]) AND r.month = %(month)s AND r.register = %(things)s
    AND r.key = t.key
