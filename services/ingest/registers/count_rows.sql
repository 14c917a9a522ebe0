-- The number of current rows of a register that pass the filters, over all pages.
SELECT count(*)
FROM register_row r
WHERE r.campaign = %(campaign)s AND r.register = %(register)s
    AND (%(org)s::text IS NULL OR r.org = %(org)s)
    AND (%(month)s::date IS NULL OR r.month = %(month)s)
    AND (%(area)s::int IS NULL OR r.area = %(area)s)
