-- How many difficulties linked to each task were unfinished at a time. An edit may have linked one otherwise since: the history
-- has what it was before. Binds: campaign; at.
SELECT f.task, count(*)
FROM (
    SELECT CASE WHEN e.edited THEN e.task ELSE d.task END AS task, coalesce(m.state, 'open') AS state
    FROM difficulty d
    LEFT JOIN LATERAL (
        SELECT i.state
        FROM item_move i
        WHERE i.campaign = %(campaign)s AND i.org = d.org AND i.kind = 'difficulty' AND i.item_id = d.id AND i.at <= %(at)s
        ORDER BY i.revision DESC
        LIMIT 1
    ) m ON true
    LEFT JOIN LATERAL (
        SELECT true AS edited, CAST(i.before ->> 'task' AS integer) AS task
        FROM item_move i
        WHERE i.campaign = %(campaign)s AND i.org = d.org AND i.kind = 'difficulty' AND i.item_id = d.id AND i.at > %(at)s
          AND jsonb_exists(i.before, 'task')
        ORDER BY i.revision
        LIMIT 1
    ) e ON true
    WHERE d.campaign = %(campaign)s AND d.created_at <= %(at)s
) f
WHERE f.task IS NOT NULL AND f.state IN ('open', 'assigned', 'answered')
GROUP BY f.task
