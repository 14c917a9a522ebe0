-- The items of a kind as they were at a time: those created later are left out, later changes undone (but for `revision` and
-- `updated_at`). Few items have changed since; the others are read as they are, where conditions find them by their indexes.
-- `item_table` and `item_kind` are those of the kind, `item_time` is the time. Binds: campaign.
SELECT i.*
FROM item_table i
WHERE i.campaign = %(campaign)s AND i.created_at <= item_time AND i.updated_at <= item_time
UNION ALL
SELECT r.*
FROM item_table i
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(b.key, b.value ORDER BY m.revision DESC) AS before
    FROM item_move m
    CROSS JOIN LATERAL jsonb_each(m.before) b
    WHERE m.campaign = %(campaign)s AND m.org = i.org AND m.kind = 'item_kind' AND m.item_id = i.id AND m.at > item_time
) l
CROSS JOIN LATERAL jsonb_populate_record(i, coalesce(l.before, '{}')) r
WHERE i.campaign = %(campaign)s AND i.created_at <= item_time AND i.updated_at > item_time
