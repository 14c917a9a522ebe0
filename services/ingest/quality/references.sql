-- The counts of some reference metrics up to a month, a row for each month and metric: the last one of an area holds.
-- Binds: first and last, the first and the last month in which they are compared. Of the months up to the first one, only the latest
-- count of each area is returned, as of the first month.
SELECT NULL AS org, r.month, r.metric, array_agg(r.area) AS areas, array_agg(r.value) AS counts
FROM (
    SELECT DISTINCT ON (greatest(o.month, %(first)s), o.metric, o.area)
        greatest(o.month, %(first)s) AS month, o.metric, o.area, o.value
    FROM observation o
    WHERE o.campaign = %(campaign)s AND o.org = ANY(%(reference_orgs)s::text[]) AND o.month <= %(last)s
        AND o.metric = ANY(%(reference_metrics)s::int[])
    ORDER BY greatest(o.month, %(first)s), o.metric, o.area, o.month DESC
) r
GROUP BY r.month, r.metric
