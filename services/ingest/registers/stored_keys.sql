-- Months and keys of an organisation's current rows of a register.
SELECT r.month, r.key
FROM register_row r
WHERE r.campaign = %(campaign)s AND r.org = %(org)s AND r.month = ANY (%(months)s) AND r.register = %(register)s
