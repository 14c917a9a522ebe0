-- The items of a kind at the time of a report that are unfinished, or whose state is another one than at the time of the previous
-- report: `earlier_state`, null for those created since.
-- Binds: campaign; at; since ('-infinity' without a previous report); finished (states).
SELECT n.*, e.state AS earlier_state
FROM items_at(%(at)s) n
LEFT JOIN items_at(%(since)s) e ON e.org = n.org AND e.id = n.id
WHERE n.state <> ALL (%(finished)s::text[]) OR n.state IS DISTINCT FROM e.state
ORDER BY n.id
