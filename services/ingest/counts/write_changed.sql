-- Writes the counts that are new or changed; the others are not touched. A note goes with the value it explains: a new value
-- without one clears it. The OFFSET: see keep_replaced.sql.
INSERT INTO observation (campaign, org, month, metric, area, value, version, note)
SELECT %(campaign)s, %(org)s, s.month, s.metric, s.area, s.value, %(version)s, s.note
FROM pushed s
LEFT JOIN LATERAL (
    SELECT * FROM observation
    WHERE campaign = %(campaign)s AND org = %(org)s AND month = s.month AND metric = s.metric AND area = s.area
    OFFSET 0
) o ON true
WHERE o.campaign IS NULL OR o.value <> s.value OR (s.note IS NOT NULL AND s.note IS DISTINCT FROM o.note)
ON CONFLICT (campaign, org, month, metric, area)
DO UPDATE SET value = excluded.value, version = excluded.version, note = excluded.note
