-- The cells that an import created, where they still stand as it left them.
SELECT o.month, o.metric, o.area
FROM observation o
LEFT JOIN stage s ON s.month = o.month AND s.metric = o.metric AND s.area = o.area
WHERE o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = ANY(%(months)s) AND o.version = %(version)s AND s.month IS NULL
