-- The items of a kind as they were at a time: those created later are left out, later changes undone (but for `revision`).
-- `item_table` and `item_kind` are those of the kind, `item_time` is the time. Binds: campaign.
SELECT r.*
FROM item_table i
LEFT JOIN (
    SELECT m.org, m.item_id, coalesce(jsonb_object_agg(b.key, b.value ORDER BY m.revision DESC) FILTER (WHERE b.key IS NOT NULL), '{}') AS before
    FROM item_move m
    LEFT JOIN LATERAL jsonb_each(m.before) b ON true
    WHERE m.campaign = %(campaign)s AND m.kind = 'item_kind' AND m.at > item_time
    GROUP BY m.org, m.item_id
) l ON l.org = i.org AND l.item_id = i.id
LEFT JOIN LATERAL (
    SELECT max(e.at) AS at
    FROM item_move e
    WHERE e.campaign = %(campaign)s AND e.org = l.org AND e.kind = 'item_kind' AND e.item_id = l.item_id AND e.at <= item_time
) u ON true
CROSS JOIN LATERAL jsonb_populate_record(
    i,
    CASE WHEN l.item_id IS NULL THEN '{}' ELSE l.before || jsonb_build_object('updated_at', coalesce(u.at, i.created_at)) END
) r
WHERE i.campaign = %(campaign)s AND i.created_at <= item_time
