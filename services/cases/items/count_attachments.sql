-- The number of attachments of an item.
-- Binds: campaign, org (of the item), kind, item_id.
SELECT count(*)
FROM item_attachment a
WHERE a.campaign = %(campaign)s AND a.org = %(org)s AND a.kind = %(kind)s AND a.item_id = %(item_id)s
