-- The latest progress report of an assignment. Binds: campaign, org, item_id.
SELECT m.at, m.move, m.details ->> 'text', m.person_name, m.person_title
FROM item_move m
WHERE m.campaign = %(campaign)s AND m.org = %(org)s AND m.kind = 'assignment' AND m.item_id = %(item_id)s
  AND m.move IN ('report_progress', 'report_done')
ORDER BY m.revision DESC
LIMIT 1
