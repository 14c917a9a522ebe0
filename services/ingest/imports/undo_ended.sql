-- The counts that an import ended, as they stood before it.
SELECT h.month, h.metric, h.area, h.value, h.note
FROM observation_history h
WHERE h.campaign = %(campaign)s AND h.org = %(org)s AND h.month = ANY(%(months)s) AND h.until = %(version)s
ORDER BY h.month, h.metric, h.area
