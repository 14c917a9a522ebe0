-- How many difficulties linked to each task were unfinished at a time. Binds: campaign; at.
SELECT d.task, count(*)
FROM items_at(%(at)s) d
WHERE d.task IS NOT NULL AND d.state IN ('open', 'assigned', 'answered')
GROUP BY d.task
