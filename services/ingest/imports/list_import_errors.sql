-- A page of the row errors of an import, in the order of its report.
SELECT e.number, e.document
FROM import_error e
WHERE e.campaign = %(campaign)s AND e.org = %(owner)s AND e.import_id = %(import_id)s AND (%(after_number)s::int IS NULL OR e.number > %(after_number)s)
ORDER BY e.number
LIMIT %(limit)s
