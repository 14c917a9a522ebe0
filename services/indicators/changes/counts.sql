-- The counts that differ between two data versions, in the order of the key and after a key, and their total number.
-- Only counts written or ended between the two are read, so unchanged cells cost nothing.
-- Binds: campaign; after and to (data versions); orgs and org_months (an array entry for each month of an organisation to
-- search); month (null: all) and reference_metrics (of which earlier months count too); seen (organisations), and of
-- seen_in_part only some metrics and areas; read (metrics, null: all); limit, and after_org, after_month, after_metric, after_area.
WITH seen AS (
    SELECT p.org, p.month, v.metric, v.area, v.value, v.version, v.until
    FROM unnest(%(orgs)s::text[], %(org_months)s::date[]) AS p (org, month)
    CROSS JOIN LATERAL (
        SELECT o.metric, o.area, o.value, o.version, NULL::bigint AS until
        FROM observation o
        WHERE o.campaign = %(campaign)s AND o.org = p.org AND o.month = p.month
            AND o.version > %(after)s AND o.version <= %(to)s
        UNION ALL
        SELECT h.metric, h.area, h.value, h.version, h.until
        FROM observation_history h
        WHERE h.campaign = %(campaign)s AND h.org = p.org AND h.month = p.month
            AND h.until > %(after)s AND h.version <= %(to)s AND (h.version > %(after)s OR h.until <= %(to)s)
    ) v
    WHERE (
            %(month)s::date IS NULL OR p.month = %(month)s OR p.month < %(month)s AND v.metric = ANY(%(reference_metrics)s::int[])
        )
        AND (
            p.org = ANY(%(seen)s::text[])
            OR p.org = ANY(%(seen_in_part)s::text[]) AND (v.metric = ANY(%(metrics)s::int[]) OR v.area = ANY(%(areas)s::int[]))
        )
        AND (%(read)s::int[] IS NULL OR v.metric = ANY(%(read)s::int[]))
),
moved AS (
    SELECT s.org, s.month, s.metric, s.area,
        max(s.value) FILTER (WHERE s.version <= %(after)s) AS before,
        max(s.value) FILTER (WHERE s.until IS NULL OR s.until > %(to)s) AS after,
        array_agg(s.version) FILTER (WHERE s.version > %(after)s) AS written,
        array_agg(s.until) FILTER (WHERE s.until <= %(to)s) AS ended
    FROM seen s
    GROUP BY s.org, s.month, s.metric, s.area
    HAVING max(s.value) FILTER (WHERE s.version <= %(after)s)
        IS DISTINCT FROM max(s.value) FILTER (WHERE s.until IS NULL OR s.until > %(to)s)
)
SELECT m.org, m.month, m.metric, m.area, m.before, m.after, m.written, m.ended, (SELECT count(*) FROM moved)
FROM moved m
WHERE %(after_org)s::text IS NULL
    OR (m.org, m.month, m.metric, m.area) > (%(after_org)s, %(after_month)s::date, %(after_metric)s::int, %(after_area)s::int)
ORDER BY m.org, m.month, m.metric, m.area
LIMIT %(limit)s
