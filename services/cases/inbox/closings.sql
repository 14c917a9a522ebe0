-- The first change after which each item of a kind was finished, and stayed so until the end of a day.
-- Binds: campaign, kind, finished (states), until (end of the day; NULL: now).
SELECT DISTINCT ON (m.item_id) m.item_id, m.at
FROM item_move m
WHERE m.campaign = %(campaign)s AND m.kind = %(kind)s AND m.state = ANY(%(finished)s::text[])
  AND (%(until)s::timestamptz IS NULL OR m.at < %(until)s::timestamptz)
  AND NOT EXISTS (
      SELECT
      FROM item_move n
      WHERE n.campaign = %(campaign)s AND n.org = m.org AND n.kind = m.kind AND n.item_id = m.item_id AND n.revision > m.revision
        AND n.state <> ALL(%(finished)s::text[]) AND (%(until)s::timestamptz IS NULL OR n.at < %(until)s::timestamptz)
  )
ORDER BY m.item_id, m.revision
