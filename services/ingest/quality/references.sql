-- The counts of some reference metrics up to a month, a row for each month and metric, the oldest first: the last one of an area holds.
SELECT o.month, o.metric, array_agg(o.area) AS areas, array_agg(o.value) AS counts
FROM observation o
WHERE o.campaign = %(campaign)s AND o.org = ANY(%(orgs)s) AND o.month <= %(last)s AND o.metric = ANY(%(metrics)s)
GROUP BY o.month, o.metric
ORDER BY o.month
