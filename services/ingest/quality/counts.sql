-- Counts of some organisations' months as columns: a row for each metric with its areas and their counts.
-- Binds: one array entry for each organisation and month, the metrics wanted of it as an array literal.
-- The OFFSET keeps the look-up by organisation and month in the key, whatever the planner believes of the table's size.
SELECT w.org, w.month, c.metric, c.areas, c.counts
FROM unnest(%(orgs)s::text[], %(months)s::date[], %(metrics)s::text[]) AS w (org, month, metrics)
CROSS JOIN LATERAL (
    SELECT v.metric, array_agg(v.area) AS areas, array_agg(v.value) AS counts
    FROM (
        SELECT o.metric, o.area, o.value
        FROM observation o
        WHERE o.campaign = %(campaign)s AND o.org = w.org AND o.month = w.month AND o.metric = ANY(w.metrics::int[])
        OFFSET 0
    ) v
    GROUP BY v.metric
) c
