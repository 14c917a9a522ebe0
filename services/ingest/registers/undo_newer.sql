-- The rows of a register that an import touched and something newer touched again.
SELECT t.month, t.key
FROM (
    SELECT r.month, r.key
    FROM register_row r
    WHERE r.campaign = %(campaign)s AND r.org = %(org)s AND r.month = ANY(%(months)s::date[]) AND r.register = %(register)s
        AND r.version = %(version)s
    UNION
    SELECT h.month, h.key
    FROM register_row_history h
    WHERE h.campaign = %(campaign)s AND h.org = %(org)s AND h.month = ANY(%(months)s::date[]) AND h.register = %(register)s
        AND (h.until = %(version)s OR h.version = %(version)s)
) t
WHERE EXISTS (
    SELECT FROM register_row r
    WHERE r.campaign = %(campaign)s AND r.org = %(org)s AND r.month = t.month AND r.register = %(register)s AND r.key = t.key
        AND r.version > %(version)s
) OR EXISTS (
    SELECT FROM register_row_history h
    WHERE h.campaign = %(campaign)s AND h.org = %(org)s AND h.month = t.month AND h.register = %(register)s AND h.key = t.key
        AND h.version >= %(version)s
)
ORDER BY t.month, t.key
