-- Writes the derived counts that are new or changed.
INSERT INTO observation (campaign, org, month, metric, area, value, version)
SELECT %(campaign)s, c.org, c.month, c.metric, c.area, c.value, %(version)s
FROM register_count c
LEFT JOIN observation o
    ON o.campaign = %(campaign)s AND o.org = c.org AND o.month = c.month AND o.metric = c.metric AND o.area = c.area
WHERE o.value IS DISTINCT FROM c.value
ON CONFLICT (campaign, org, month, metric, area) DO UPDATE SET value = excluded.value, version = excluded.version
