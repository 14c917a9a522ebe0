-- Writes a batch of counts for months in which the organisation has none yet.
-- Binds: one array entry for each column, its areas, counts and notes as array literals.
WITH pushed AS (
    SELECT p.month, p.metric, c.area, c.value, c.note
    FROM unnest(%(months)s::date[], %(metrics)s::int[], %(areas)s::text[], %(counts)s::text[], %(notes)s::text[])
        AS p (month, metric, areas, counts, notes)
    CROSS JOIN LATERAL unnest(p.areas::int[], p.counts::bigint[], p.notes::text[]) AS c (area, value, note)
)
INSERT INTO observation (campaign, org, month, metric, area, value, version, note)
SELECT %(campaign)s, %(org)s, s.month, s.metric, s.area, s.value, %(version)s, s.note
FROM pushed s
