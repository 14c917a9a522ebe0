-- Writes every staged count: for months in which the organisation has none yet.
INSERT INTO observation (campaign, org, month, metric, area, value, version, note)
SELECT %(campaign)s, %(org)s, s.month, s.metric, s.area, s.value, %(version)s, s.note
FROM stage s
