-- Notes where the push changes a register: the areas, before and after, of every row that is new, another, or taken back.
INSERT INTO register_touched (month, key, area)
SELECT t.month, t.key, t.area
FROM (
    SELECT s.month, s.key, s.area
    FROM register_stage s
    LEFT JOIN register_row r
        ON r.campaign = %(campaign)s AND r.org = %(org)s AND r.month = s.month AND r.register = %(register)s AND r.key = s.key
    WHERE r.key IS NULL OR r.area <> s.area OR r.body <> s.body
    UNION
    SELECT r.month, r.key, r.area
    FROM register_row r
    LEFT JOIN register_stage s ON s.month = r.month AND s.key = r.key
    WHERE r.campaign = %(campaign)s AND r.org = %(org)s AND r.month = ANY(%(months)s::date[]) AND r.register = %(register)s
        AND (r.area <> s.area OR r.body <> s.body OR (s.key IS NULL AND %(replace)s))
) t
