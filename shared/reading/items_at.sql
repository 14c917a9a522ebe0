-- The items of a kind as they were at a time: those created later are left out, later changes undone (but for `revision`). Few
-- items have changed since; the others are read as they are, where conditions find them by their indexes.
-- `item_table` and `item_kind` are those of the kind, `item_time` is the time, `item_columns` the columns of the table and
-- `earlier_columns` the same before the later changes, whose previous values `c.before` has in order. Binds: campaign.
SELECT item_columns
FROM item_table i
WHERE i.campaign = %(campaign)s AND i.created_at <= item_time AND i.updated_at <= item_time
UNION ALL
SELECT earlier_columns
FROM item_table i
CROSS JOIN LATERAL (
    SELECT jsonb_agg(m.before ORDER BY m.revision) AS before
    FROM item_move m
    WHERE m.campaign = %(campaign)s AND m.org = i.org AND m.kind = 'item_kind' AND m.item_id = i.id AND m.at > item_time
) c
WHERE i.campaign = %(campaign)s AND i.created_at <= item_time AND i.updated_at > item_time
