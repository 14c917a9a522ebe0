-- Acceptances, returns and reopenings of assignments between two times, in order.
-- Binds: campaign; moves; since (exclusive), at (inclusive).
SELECT m.item_id, m.move, m.by_org, m.at, m.reason
FROM item_move m
WHERE m.campaign = %(campaign)s AND m.kind = 'assignment' AND m.move = ANY (%(moves)s::text[])
    AND m.at > %(since)s::timestamptz AND m.at <= %(at)s
ORDER BY m.at, m.item_id, m.revision
