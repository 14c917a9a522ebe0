-- The attachments of an item that moves rely on. Binds: campaign, org (of the item), kind, item_id.
SELECT DISTINCT CAST(f.id #>> '{}' AS uuid)
FROM item_move m
CROSS JOIN LATERAL jsonb_path_query(m.details, '$.**.attachments[*]') AS f (id)
WHERE m.campaign = %(campaign)s AND m.org = %(org)s AND m.kind = %(kind)s AND m.item_id = %(item_id)s
