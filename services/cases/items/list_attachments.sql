-- A page of the attachments of an item in the order of their ids, which sort by time.
-- Binds: campaign, org (of the item), kind, item_id, after_id, limit.
SELECT a.id, a.by_org AS org, a.at, a.name, a.media_type, a.size, a.sha256, a.scan, a.struck_at, a.strike_reason
FROM item_attachment a
WHERE a.campaign = %(campaign)s AND a.org = %(org)s AND a.kind = %(kind)s AND a.item_id = %(item_id)s
  AND (%(after_id)s::uuid IS NULL OR a.id > %(after_id)s::uuid)
ORDER BY a.id
LIMIT %(limit)s
