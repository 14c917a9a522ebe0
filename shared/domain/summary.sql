-- The counts that the summaries of some months read, as they stood at a data version: a row for each metric, organisation and
-- month, the areas and their counts as arrays. Approved cases come as metric 0.
-- Binds: campaign; months; counted and counting (metrics of the month itself, and who may report them); and for reference
-- metrics one array entry a cell: ref_metrics, ref_orgs, ref_areas. `version` is the data version to read at, `past` whether it
-- is older than the head: only then is the history read.
WITH counted AS (
    SELECT o.month AS asked, o.org, o.metric, o.area, o.value, o.month
    FROM observation o
    WHERE o.campaign = %(campaign)s AND o.org = ANY(%(counting)s::text[]) AND o.month = ANY(%(months)s::date[])
        AND o.metric = ANY(%(counted)s::int[]) AND o.version <= %(version)s
    UNION ALL
    SELECT h.month, h.org, h.metric, h.area, h.value, h.month
    FROM observation_history h
    WHERE %(past)s AND h.campaign = %(campaign)s AND h.org = ANY(%(counting)s::text[]) AND h.month = ANY(%(months)s::date[])
        AND h.metric = ANY(%(counted)s::int[]) AND h.version <= %(version)s AND h.until > %(version)s
),
referred AS (
    SELECT m.asked, r.org, r.metric, r.area, latest.value, latest.month
    FROM unnest(%(months)s::date[]) AS m (asked)
    CROSS JOIN unnest(%(ref_metrics)s::int[], %(ref_orgs)s::text[], %(ref_areas)s::int[]) AS r (metric, org, area)
    CROSS JOIN LATERAL (
        SELECT v.month, v.value
        FROM (
            (
                SELECT o.month, o.value
                FROM observation o
                WHERE o.campaign = %(campaign)s AND o.org = r.org AND o.month <= m.asked AND o.metric = r.metric
                    AND o.area = r.area AND o.version <= %(version)s
                ORDER BY o.month DESC
                LIMIT 1
            )
            UNION ALL
            (
                SELECT h.month, h.value
                FROM observation_history h
                WHERE %(past)s AND h.campaign = %(campaign)s AND h.org = r.org AND h.month <= m.asked AND h.metric = r.metric
                    AND h.area = r.area AND h.version <= %(version)s AND h.until > %(version)s
                ORDER BY h.month DESC
                LIMIT 1
            )
        ) v
        ORDER BY v.month DESC
        LIMIT 1
    ) latest
)
SELECT r.asked, r.metric, r.org, r.month, coalesce(s.state = 'accepted', false), r.areas, r.counts
FROM (
    SELECT cell.asked, cell.metric, cell.org, cell.month, array_agg(cell.area) AS areas, array_agg(cell.value) AS counts
    FROM (SELECT * FROM counted UNION ALL SELECT * FROM referred) cell
    GROUP BY cell.asked, cell.metric, cell.org, cell.month
) r
LEFT JOIN submission s
    ON s.campaign = %(campaign)s AND s.org = r.org AND s.month = r.month
    AND s.version <= %(version)s AND (s.until IS NULL OR s.until > %(version)s)
UNION ALL
SELECT m.asked, 0, '*', m.asked, true, ARRAY[0], ARRAY[(
    SELECT count(*)
    FROM case_file c
    WHERE c.campaign = %(campaign)s AND c.approved_version <= %(version)s
        AND (c.ended_version IS NULL OR c.ended_version > %(version)s)
        AND c.approved_on < m.asked + interval '1 month'
)]
FROM unnest(%(months)s::date[]) AS m (asked)
