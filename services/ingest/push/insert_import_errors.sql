-- Records the staged errors with their push.
INSERT INTO import_error (campaign, org, import_id, number, document)
SELECT %(campaign)s, %(org)s, %(import_id)s, s.number, s.document
FROM stage_error s
ORDER BY s.number
