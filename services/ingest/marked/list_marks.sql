-- The row errors of an import by sheet and row; those of a whole sheet come first.
SELECT m.document
FROM (
    SELECT e.number, e.document, convert_from(e.document, 'UTF8')::jsonb AS error
    FROM import_error e
    WHERE e.campaign = %(campaign)s AND e.org = %(org)s AND e.import_id = %(import_id)s
) m
ORDER BY m.error ->> 'sheet' NULLS FIRST, (m.error ->> 'row')::bigint NULLS FIRST, m.number
