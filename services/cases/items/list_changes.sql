-- The changes of an item, oldest first. Binds: campaign, org (of the item), kind, item_id.
SELECT m.revision, m.move, m.state, m.by_org AS org, m.person_name, m.person_title, m.at, m."on", m.reason,
       m.details, m.before, m.after
FROM item_move m
WHERE m.campaign = %(campaign)s AND m.org = %(org)s AND m.kind = %(kind)s AND m.item_id = %(item_id)s
ORDER BY m.revision
