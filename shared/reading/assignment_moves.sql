-- The moves of all assignments up to a point in time, those of each in order.
-- Binds: campaign; orgs (responsible organisations, whose items are the prefix of the key); at.
SELECT m.item_id, m.move, m.state, m.at
FROM unnest(%(orgs)s::text[]) AS o (org)
CROSS JOIN LATERAL (
    SELECT i.item_id, i.move, i.state, i.at, i.revision
    FROM item_move i
    WHERE i.campaign = %(campaign)s AND i.org = o.org AND i.kind = 'assignment' AND i.move IS NOT NULL AND i.at <= %(at)s
) m
ORDER BY m.item_id, m.revision
