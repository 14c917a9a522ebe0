-- The counts of some reference metrics up to a month, a row for each month and metric: the last one of an area holds.
-- Binds: first and last, the first and the last month in which they are compared; version, if it is past. Constant: past, whether
-- the counts of an earlier data version are wanted. Of the months up to the first one, only the latest count of each area is
-- returned, as of the first month.
SELECT NULL AS org, r.month, r.metric, array_agg(r.area) AS areas, array_agg(r.value) AS counts
FROM (
    SELECT DISTINCT ON (greatest(o.month, %(first)s), o.metric, o.area)
        greatest(o.month, %(first)s) AS month, o.metric, o.area, o.value
    FROM (
        SELECT c.month, c.metric, c.area, c.value
        FROM observation c
        WHERE c.campaign = %(campaign)s AND c.org = ANY(%(reference_orgs)s::text[]) AND c.month <= %(last)s
            AND c.metric = ANY(%(reference_metrics)s::int[]) AND (NOT %(past)s OR c.version <= %(version)s::bigint)
        UNION ALL
        SELECT h.month, h.metric, h.area, h.value
        FROM observation_history h
        WHERE %(past)s AND h.campaign = %(campaign)s AND h.org = ANY(%(reference_orgs)s::text[]) AND h.month <= %(last)s
            AND h.metric = ANY(%(reference_metrics)s::int[])
            AND h.version <= %(version)s::bigint AND h.until > %(version)s::bigint
    ) o
    ORDER BY greatest(o.month, %(first)s), o.metric, o.area, o.month DESC
) r
GROUP BY r.month, r.metric
