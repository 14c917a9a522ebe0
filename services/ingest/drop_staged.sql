-- Takes the cells that were refused after they were staged out of the stage again.
DELETE FROM stage s
USING unnest(%(months)s::date[], %(metrics)s::int[], %(areas)s::int[]) AS d (month, metric, area)
WHERE s.month = d.month AND s.metric = d.metric AND s.area = d.area
