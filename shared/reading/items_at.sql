-- The items of a kind as they were at a time: those created later are left out, later changes undone (but for `revision`). Few
-- items have changed since; the others are read as they are, where conditions find them by their indexes.
-- `item_table` and `item_kind` are those of the kind, `item_time` is the time. Binds: campaign.
SELECT i.*
FROM item_table i
WHERE i.campaign = %(campaign)s AND i.created_at <= item_time AND i.updated_at <= item_time
UNION ALL
SELECT r.*
FROM item_table i
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(b.key, b.value ORDER BY m.revision DESC) FILTER (WHERE b.key IS NOT NULL) AS before,
        max(m.at) FILTER (WHERE m.at <= item_time) AS updated_at
    FROM item_move m
    LEFT JOIN LATERAL jsonb_each(CASE WHEN m.at > item_time THEN m.before END) b ON true
    WHERE m.campaign = %(campaign)s AND m.org = i.org AND m.kind = 'item_kind' AND m.item_id = i.id
) c
CROSS JOIN LATERAL jsonb_populate_record(
    i, coalesce(c.before, '{}') || jsonb_build_object('updated_at', coalesce(c.updated_at, i.created_at))
) r
WHERE i.campaign = %(campaign)s AND i.created_at <= item_time AND i.updated_at > item_time
