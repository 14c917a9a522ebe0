-- One organisation's counts of a month and, as `earlier`, the newest of each cell before it: of the month before, or of any
-- month for reference metrics. `first` bounds how far back the key is read.
SELECT DISTINCT ON (o.metric, o.area, o.month < %(month)s) o.metric, o.area, o.month < %(month)s AS earlier, o.month, o.value, o.note
FROM observation o
WHERE o.campaign = %(campaign)s AND o.org = %(org)s
    AND o.month BETWEEN %(first)s AND %(month)s
    AND (o.month >= %(last)s OR o.metric = ANY(%(references)s::int[]))
ORDER BY o.metric, o.area, o.month < %(month)s, o.month DESC
