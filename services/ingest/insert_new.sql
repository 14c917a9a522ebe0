-- Adds the counts that are new, in the key's order so that the index grows at its end.
INSERT INTO observation (campaign, org, month, metric, area, value, version, note)
SELECT %(campaign)s, %(org)s, s.month, s.metric, s.area, s.value, %(version)s, s.note
FROM stage s
LEFT JOIN observation o
    ON o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = s.month AND o.metric = s.metric AND o.area = s.area
WHERE o.campaign IS NULL
ORDER BY s.month, s.metric, s.area
