-- An organisation's current rows of a register and month.
SELECT r.key, r.area, r.body
FROM register_row r
WHERE r.campaign = %(campaign)s AND r.org = %(org)s AND r.month = %(month)s AND r.register = %(register)s
ORDER BY r.key
