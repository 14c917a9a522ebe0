-- The items of a kind at the time of a report that are unfinished, or whose state is another one than at the time of the previous
-- report: `earlier_state`, null for those created since. `item_columns` are those that the report needs of the kind.
-- Binds: campaign; at; since; finished (states). Constant: first (there is no previous report).
SELECT n.*
FROM (
    SELECT i.id, i.org, i.state, item_columns,
        CASE WHEN NOT %(first)s AND i.created_at <= %(since)s THEN coalesce(e.state, i.state) END AS earlier_state
    FROM items_at(%(at)s) i
    LEFT JOIN states_at(%(since)s) e ON NOT %(first)s AND e.org = i.org AND e.item_id = i.id
) n
WHERE n.state <> ALL (%(finished)s::text[]) OR n.state IS DISTINCT FROM n.earlier_state
ORDER BY n.id
