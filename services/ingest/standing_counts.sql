-- The counts that stand for some metrics of one organisation and month, for rules across rows.
SELECT o.metric, o.area, o.value
FROM observation o
WHERE o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = %(month)s AND o.metric = ANY(%(metrics)s)
