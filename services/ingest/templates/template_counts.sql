-- An organisation's counts of a month and, marked as `earlier`, the latest ones before it: of the month before (`last`), or of any
-- month for reference metrics. `first` limits how far back the index is read.
SELECT DISTINCT ON (o.metric, o.area, o.month < %(month)s) o.metric, o.area, o.month < %(month)s AS earlier, o.month, o.value, o.note
FROM observation o
WHERE o.campaign = %(campaign)s AND o.org = %(org)s
    AND o.month BETWEEN %(first)s AND %(month)s
    AND (o.month >= %(last)s OR o.metric = ANY(%(references)s::int[]))
ORDER BY o.metric, o.area, o.month < %(month)s, o.month DESC
