-- Number of cases by their state at the time of a report and at the time of the previous one, null for those filed since. Drafts
-- are their own organisation's affair and count as not filed.
-- Binds: campaign; at; since ('-infinity' without a previous report).
SELECT n.state, nullif(e.state, 'draft') AS earlier_state, count(*)
FROM items_at(%(at)s) n
LEFT JOIN items_at(%(since)s) e ON e.org = n.org AND e.id = n.id
WHERE n.state <> 'draft'
GROUP BY n.state, nullif(e.state, 'draft')
