-- Stages the counts that an import ended, as they stood before it.
INSERT INTO stage (row_number, month, metric, area, value, note)
SELECT row_number() OVER (ORDER BY h.month, h.metric, h.area), h.month, h.metric, h.area, h.value, h.note
FROM observation_history h
WHERE h.campaign = %(campaign)s AND h.org = %(org)s AND h.month = ANY(%(months)s) AND h.until = %(version)s
RETURNING row_number, month, metric, area, value
