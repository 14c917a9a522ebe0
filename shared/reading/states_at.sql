-- The state at a time of each item of a kind whose state has changed since: that before the first of those changes.
-- `item_kind` is the kind, `item_time` the time. Binds: campaign.
SELECT DISTINCT ON (m.org, m.item_id) m.org, m.item_id, m.before ->> 'state' AS state
FROM item_move m
WHERE m.campaign = %(campaign)s AND m.kind = 'item_kind' AND m.at > item_time AND jsonb_exists(m.before, 'state')
ORDER BY m.org, m.item_id, m.revision
