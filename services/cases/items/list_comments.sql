-- A page of the comments on an item in the order of their ids, which sort by time.
-- Binds: campaign, org (of the item), kind, item_id, visibilities (that the reader may read), after_id, limit.
SELECT c.id, c.by_org AS org, c.person_name, c.person_title, c.at, c.text, c.visibility, c.struck_at, c.strike_reason
FROM item_comment c
WHERE c.campaign = %(campaign)s AND c.org = %(org)s AND c.kind = %(kind)s AND c.item_id = %(item_id)s
  AND c.visibility = ANY (%(visibilities)s::text[])
  AND (%(after_id)s::uuid IS NULL OR c.id > %(after_id)s::uuid)
ORDER BY c.id
LIMIT %(limit)s
