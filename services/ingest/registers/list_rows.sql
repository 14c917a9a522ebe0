-- A page of the current rows of a register in the order of their keys, each with the import that last changed it.
SELECT r.org, r.month, r.key, r.area, r.body, r.version AS data_version, l.subject AS import_id, l.at AS reported_at
FROM register_row r
JOIN ledger l ON l.campaign = %(campaign)s AND l.version = r.version
WHERE r.campaign = %(campaign)s AND r.register = %(register)s
    AND (%(org)s::text IS NULL OR r.org = %(org)s)
    AND (%(month)s::date IS NULL OR r.month = %(month)s)
    AND (%(area)s::int IS NULL OR r.area = %(area)s)
    AND (%(after_org)s::text IS NULL OR (r.org, r.month, r.key) > (%(after_org)s, %(after_month)s::date, %(after_key)s))
ORDER BY r.org, r.month, r.key
LIMIT %(limit)s
