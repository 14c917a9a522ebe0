-- The items of a kind as they were at a time: those created later are left out, later changes undone (but for `revision` and
-- `updated_at`). `item_table` and `item_kind` are those of the kind, `item_time` is the time. Binds: campaign.
SELECT r.*
FROM item_table i
LEFT JOIN (
    SELECT m.org, m.item_id, jsonb_object_agg(b.key, b.value ORDER BY m.revision DESC) AS before
    FROM item_move m
    CROSS JOIN LATERAL jsonb_each(m.before) b
    WHERE m.campaign = %(campaign)s AND m.kind = 'item_kind' AND m.at > item_time
    GROUP BY m.org, m.item_id
) l ON l.org = i.org AND l.item_id = i.id
CROSS JOIN LATERAL jsonb_populate_record(i, coalesce(l.before, '{}')) r
WHERE i.campaign = %(campaign)s AND i.created_at <= item_time
