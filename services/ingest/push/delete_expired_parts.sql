-- Forgets the bodies of an organisation's pushes that came before an instant.
DELETE FROM import_part p
USING import i
WHERE p.campaign = %(campaign)s AND p.org = %(org)s
    AND i.campaign = %(campaign)s AND i.org = %(org)s AND i.id = p.import_id AND i.at < %(before)s
