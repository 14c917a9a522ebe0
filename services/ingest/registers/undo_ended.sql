-- The rows of a register that an import ended, as they stood before it.
SELECT h.month, h.key, h.area, h.body
FROM register_row_history h
WHERE h.campaign = %(campaign)s AND h.org = %(org)s AND h.month = ANY(%(months)s::date[]) AND h.register = %(register)s
    AND h.until = %(version)s
ORDER BY h.month, h.key
