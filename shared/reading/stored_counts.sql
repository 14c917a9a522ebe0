-- Counts of some organisations' months as columns: a row for each metric with its areas and their counts.
-- Binds: one array entry for each organisation and month, the metrics wanted of it as an array literal; version, if it is past.
-- Constant: past, whether the counts of an earlier data version are wanted.
-- The OFFSET keeps the look-up by organisation and month in the key, whatever the planner believes of the table's size.
SELECT w.org, w.month, c.metric, c.areas, c.counts
FROM unnest(%(orgs)s::text[], %(months)s::date[], %(metrics)s::text[]) AS w (org, month, metrics)
CROSS JOIN LATERAL (
    SELECT v.metric, array_agg(v.area) AS areas, array_agg(v.value) AS counts
    FROM (
        SELECT o.metric, o.area, o.value
        FROM observation o
        WHERE o.campaign = %(campaign)s AND o.org = w.org AND o.month = w.month AND o.metric = ANY(w.metrics::int[])
            AND (NOT %(past)s OR o.version <= %(version)s::bigint)
        UNION ALL
        SELECT h.metric, h.area, h.value
        FROM observation_history h
        WHERE %(past)s AND h.campaign = %(campaign)s AND h.org = w.org AND h.month = w.month
            AND h.metric = ANY(w.metrics::int[]) AND h.version <= %(version)s::bigint AND h.until > %(version)s::bigint
        OFFSET 0
    ) v
    GROUP BY v.metric
) c
