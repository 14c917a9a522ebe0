-- Counts of one organisation as of a data version, in the order of the key and after a key, each with the import that wrote it
-- and the state of its month's submission then.
-- Binds: campaign, org, version; after_month, after_metric and after_area, the key; last, the last month; metric and area,
-- null for all; whole, whether the reader sees all counts of the organisation, or only those of seen_metrics and seen_areas, the
-- latter without their notes; limit. Constant: past, whether the history is read.
-- The ledger is looked up by its key, whatever size the planner assumes.
-- One organisation per statement, so that the page is one range of the key and reading stops when it is full.
SELECT f.month, f.metric, f.area, f.value, CASE WHEN %(whole)s OR f.metric = ANY(%(seen_metrics)s::int[]) THEN f.note END,
    f.version, l.subject, l.at, coalesce(s.state, 'open')
FROM (
    (
        SELECT o.month, o.metric, o.area, o.value, o.note, o.version
        FROM observation o
        WHERE o.campaign = %(campaign)s AND o.org = %(org)s
            AND (o.month, o.metric, o.area) > (%(after_month)s::date, %(after_metric)s::int, %(after_area)s::int)
            AND o.month <= %(last)s::date AND o.version <= %(version)s
            AND (%(metric)s::int IS NULL OR o.metric = %(metric)s) AND (%(area)s::int IS NULL OR o.area = %(area)s)
            AND (%(whole)s::bool OR o.metric = ANY(%(seen_metrics)s::int[]) OR o.area = ANY(%(seen_areas)s::int[]))
        ORDER BY o.month, o.metric, o.area
        LIMIT %(limit)s
    )
    UNION ALL
    (
        SELECT h.month, h.metric, h.area, h.value, h.note, h.version
        FROM observation_history h
        WHERE %(past)s AND h.campaign = %(campaign)s AND h.org = %(org)s
            AND (h.month, h.metric, h.area) > (%(after_month)s::date, %(after_metric)s::int, %(after_area)s::int)
            AND h.month <= %(last)s::date AND h.version <= %(version)s AND h.until > %(version)s
            AND (%(metric)s::int IS NULL OR h.metric = %(metric)s) AND (%(area)s::int IS NULL OR h.area = %(area)s)
            AND (%(whole)s::bool OR h.metric = ANY(%(seen_metrics)s::int[]) OR h.area = ANY(%(seen_areas)s::int[]))
        ORDER BY h.month, h.metric, h.area
        LIMIT %(limit)s
    )
) f
CROSS JOIN LATERAL (
    SELECT l.subject, l.at FROM ledger l WHERE l.campaign = %(campaign)s AND l.version = f.version LIMIT 1
) l
LEFT JOIN submission s
    ON s.campaign = %(campaign)s AND s.org = %(org)s AND s.month = f.month
    AND s.version <= %(version)s AND (s.until IS NULL OR s.until > %(version)s)
ORDER BY f.month, f.metric, f.area
LIMIT %(limit)s
