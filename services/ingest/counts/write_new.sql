-- Writes every pushed count (write_batches.py): for months in which the organisation has none yet.
INSERT INTO observation (campaign, org, month, metric, area, value, version, note)
SELECT %(campaign)s, %(org)s, s.month, s.metric, s.area, s.value, %(version)s, s.note
FROM pushed s
