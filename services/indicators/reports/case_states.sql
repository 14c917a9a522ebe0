-- Number of cases by their state at the time of a report and at the time of the previous one, null for those filed since. Drafts
-- are their own organisation's affair and count as not filed, also those that were withdrawn before they were submitted.
-- Binds: campaign; at; since. Constant: first (there is no previous report).
SELECT n.state, nullif(n.earlier_state, 'draft') AS earlier_state, count(*)
FROM (
    SELECT i.state, i.was_submitted,
        CASE WHEN NOT %(first)s AND i.created_at <= %(since)s THEN coalesce(e.state, i.state) END AS earlier_state
    FROM items_at(%(at)s) i
    LEFT JOIN states_at(%(since)s) e ON NOT %(first)s AND e.org = i.org AND e.item_id = i.id
) n
WHERE n.state <> 'draft' AND (n.state <> 'withdrawn' OR n.was_submitted)
GROUP BY n.state, nullif(n.earlier_state, 'draft')
