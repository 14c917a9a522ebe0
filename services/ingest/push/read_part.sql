-- One piece of a body.
SELECT p.content
FROM import_part p
WHERE p.campaign = %(campaign)s AND p.org = %(org)s AND p.import_id = %(import_id)s AND p.number = %(number)s
