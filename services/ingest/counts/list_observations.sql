-- Counts as they stand, with the import that wrote each, in the key's order after a place.
SELECT o.org, o.month, o.metric, o.area, o.value, o.note, o.version AS data_version, l.subject AS import_id, l.at AS reported_at
FROM observation o
JOIN ledger l ON l.campaign = %(campaign)s AND l.version = o.version
WHERE o.campaign = %(campaign)s
    AND (%(org)s::text IS NULL OR o.org = %(org)s)
    AND (%(month)s::date IS NULL OR o.month = %(month)s)
    AND (%(metric)s::int IS NULL OR o.metric = %(metric)s)
    AND (%(area)s::int IS NULL OR o.area = %(area)s)
    AND (
        %(after_org)s::text IS NULL
        OR (o.org, o.month, o.metric, o.area)
        > (%(after_org)s, %(after_month)s::date, %(after_metric)s::int, %(after_area)s::int)
    )
ORDER BY o.org, o.month, o.metric, o.area
LIMIT %(limit)s
