-- A push, and whether its body is kept and its time not over.
SELECT i.org, i.media_type, i.at >= %(since)s AND EXISTS (
    SELECT 1 FROM import_part p WHERE p.campaign = %(campaign)s AND p.org = i.org AND p.import_id = i.id
) AS kept
FROM import i
WHERE i.campaign = %(campaign)s AND i.id = %(import_id)s
