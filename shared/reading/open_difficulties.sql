-- How many difficulties linked to each task were unfinished at a time. Binds: campaign; at; states (unfinished ones).
SELECT d.task, count(*)
FROM items_at(%(at)s) d
WHERE d.task IS NOT NULL AND d.state = ANY (%(states)s::text[])
GROUP BY d.task
