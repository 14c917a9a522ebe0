-- Number of comments on all pages. Binds as in list_comments.
SELECT count(*)
FROM item_comment c
WHERE c.campaign = %(campaign)s AND c.org = %(org)s AND c.kind = %(kind)s AND c.item_id = %(item_id)s
  AND c.visibility = ANY (%(visibilities)s::text[])
