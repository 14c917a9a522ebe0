-- The rows of a register's months that an import left alone.
SELECT r.month, r.key, r.area, r.body
FROM register_row r
WHERE r.campaign = %(campaign)s AND r.org = %(org)s AND r.month = ANY(%(months)s::date[]) AND r.register = %(register)s
    AND r.version <> %(version)s
