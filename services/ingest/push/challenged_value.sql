-- The stored value of one count.
SELECT o.value
FROM observation o
WHERE o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = %(month)s AND o.metric = %(metric)s AND o.area = %(area)s
