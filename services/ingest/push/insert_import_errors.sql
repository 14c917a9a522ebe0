-- Records some errors of a push.
INSERT INTO import_error (campaign, org, import_id, number, document)
SELECT %(campaign)s, %(org)s, %(import_id)s, e.number, e.document
FROM unnest(%(numbers)s::int[], %(documents)s::bytea[]) AS e (number, document)
