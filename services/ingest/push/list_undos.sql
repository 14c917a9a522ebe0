-- The import that undid an import, the one that undid this undo, and so on. Ids of imports ascend with time.
WITH RECURSIVE undo AS (
    SELECT i.id, i.at, 1 AS step
    FROM import i
    WHERE i.campaign = %(campaign)s AND i.org = %(org)s AND i.id > %(id)s AND i.undoes = %(id)s AND i.state = 'applied' AND i.changed
    UNION ALL
    SELECT i.id, i.at, u.step + 1
    FROM undo u
    JOIN import i
        ON i.campaign = %(campaign)s AND i.org = %(org)s AND i.id > u.id AND i.undoes = u.id AND i.state = 'applied' AND i.changed
)
SELECT u.id, u.at
FROM undo u
ORDER BY u.step
