-- Every count of some reference metrics up to a month, the oldest first: the last one of an area holds.
SELECT o.month, o.metric, o.area, o.value
FROM observation o
WHERE o.campaign = %(campaign)s AND o.org = ANY(%(orgs)s) AND o.month <= %(last)s AND o.metric = ANY(%(metrics)s)
ORDER BY o.month
