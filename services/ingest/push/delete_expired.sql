-- Forgets the bodies and the row errors of an organisation's pushes that came before an instant. The ids of imports sort by time.
WITH last_expired AS (
    SELECT i.id
    FROM import i
    WHERE i.campaign = %(campaign)s AND i.org = %(org)s AND i.at < %(before)s
    ORDER BY i.id DESC
    LIMIT 1
), bodies AS (
    DELETE FROM import_part p
    USING last_expired e
    WHERE p.campaign = %(campaign)s AND p.org = %(org)s AND p.import_id <= e.id
)
DELETE FROM import_error r
USING last_expired e
WHERE r.campaign = %(campaign)s AND r.org = %(org)s AND r.import_id <= e.id
