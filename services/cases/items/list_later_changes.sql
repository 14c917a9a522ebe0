-- The changes of a kind's items from an instant on, the latest one of each item first. Binds: campaign, kind, until.
SELECT m.item_id, m.before
FROM item_move m
WHERE m.campaign = %(campaign)s AND m.kind = %(kind)s AND m.at >= %(until)s
ORDER BY m.item_id, m.revision DESC
