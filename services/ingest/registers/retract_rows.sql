-- Takes back the rows of the push's month that it does not name.
DELETE FROM register_row r
USING (
    SELECT g.month, g.key
    FROM register_row g
    LEFT JOIN register_stage s ON s.month = g.month AND s.key = g.key
    WHERE g.campaign = %(campaign)s AND g.org = %(org)s AND g.month = ANY(%(months)s::date[]) AND g.register = %(register)s
        AND s.key IS NULL
) gone
WHERE r.campaign = %(campaign)s AND r.org = %(org)s AND r.month = gone.month AND r.register = %(register)s AND r.key = gone.key
