-- The counts that the summaries of some months read, as of a data version: a row for each metric, organisation and month, with
-- the areas and their counts as arrays. Approved cases come as metric 0: a case counts from the month of its approval to the month
-- before its withdrawal. They are counted by the days of both first, so that a case is read once for all months.
-- Binds: campaign; version (the data version to read at); months; metrics and orgs (metrics read for the month itself, and the
-- organisations that may have reported them); of reference metrics one array entry a cell in ref_metrics, ref_orgs and ref_areas,
-- or, if there are many, wide_metrics and wide_orgs. Constants: `past`, whether the version is older than the latest, so that the
-- history is read; `wide`, whether the reference cells are many.
-- Each organisation's month is looked up by the whole prefix of the key, whatever the planner assumes about the table's size: one
-- plan is right for every campaign, and is made once. Reference cells are looked up one by one; if there are many, all of their
-- months are read, of which a campaign of that many areas has few; areas that no line reads may come with them.
WITH of_month AS (
    SELECT m.requested, o.metric, c.org, m.requested AS month, o.areas, o.counts
    FROM unnest(%(months)s::date[]) AS m (requested)
    CROSS JOIN unnest(%(orgs)s::text[]) AS c (org)
    CROSS JOIN LATERAL (
        SELECT v.metric, array_agg(v.area ORDER BY v.area) AS areas, array_agg(v.value ORDER BY v.area) AS counts
        FROM (
            SELECT o.metric, o.area, o.value
            FROM observation o
            WHERE o.campaign = %(campaign)s AND o.org = c.org AND o.month = m.requested
                AND o.metric = ANY(%(metrics)s::int[]) AND o.version <= %(version)s
            UNION ALL
            SELECT h.metric, h.area, h.value
            FROM observation_history h
            WHERE %(past)s AND h.campaign = %(campaign)s AND h.org = c.org AND h.month = m.requested
                AND h.metric = ANY(%(metrics)s::int[]) AND h.version <= %(version)s AND h.until > %(version)s
        ) v
        GROUP BY v.metric
    ) o
),
reference_cells AS (
    SELECT m.requested, r.metric, r.org, latest.month, array_agg(r.area ORDER BY r.area) AS areas,
        array_agg(latest.value ORDER BY r.area) AS counts
    FROM unnest(%(months)s::date[]) AS m (requested)
    CROSS JOIN unnest(%(ref_metrics)s::int[], %(ref_orgs)s::text[], %(ref_areas)s::int[]) AS r (metric, org, area)
    CROSS JOIN LATERAL (
        SELECT v.month, v.value
        FROM (
            (
                SELECT o.month, o.value
                FROM observation o
                WHERE o.campaign = %(campaign)s AND o.org = r.org AND o.month <= m.requested AND o.metric = r.metric
                    AND o.area = r.area AND o.version <= %(version)s
                ORDER BY o.campaign DESC, o.org DESC, o.month DESC
                LIMIT 1
            )
            UNION ALL
            SELECT before.month, before.value
            FROM (
                SELECT h.month, h.value
                FROM observation_history h
                WHERE h.campaign = %(campaign)s AND h.org = r.org AND h.month <= m.requested AND h.metric = r.metric
                    AND h.area = r.area AND h.version <= %(version)s AND h.until > %(version)s
                ORDER BY h.month DESC
                LIMIT 1
            ) before
            WHERE %(past)s
        ) v
        ORDER BY v.month DESC
        LIMIT 1
    ) latest
    GROUP BY m.requested, r.metric, r.org, latest.month
),
wide_references AS (
    SELECT m.requested, latest.metric, w.org, latest.month, array_agg(latest.area ORDER BY latest.area) AS areas,
        array_agg(latest.value ORDER BY latest.area) AS counts
    FROM unnest(%(months)s::date[]) AS m (requested)
    CROSS JOIN unnest(%(wide_orgs)s::text[]) AS w (org)
    CROSS JOIN LATERAL (
        SELECT DISTINCT ON (v.metric, v.area) v.metric, v.area, v.month, v.value
        FROM (
            SELECT o.metric, o.area, o.month, o.value
            FROM observation o
            WHERE o.campaign = %(campaign)s AND o.org = w.org AND o.month <= m.requested
                AND o.metric = ANY(%(wide_metrics)s::int[]) AND o.version <= %(version)s
            UNION ALL
            SELECT h.metric, h.area, h.month, h.value
            FROM observation_history h
            WHERE %(past)s AND h.campaign = %(campaign)s AND h.org = w.org AND h.month <= m.requested
                AND h.metric = ANY(%(wide_metrics)s::int[])
                AND h.version <= %(version)s AND h.until > %(version)s
        ) v
        ORDER BY v.metric, v.area, v.month DESC
    ) latest
    GROUP BY m.requested, latest.metric, w.org, latest.month
)
SELECT r.requested, r.metric, r.org, r.month, EXISTS (
    SELECT FROM submission s
    WHERE s.campaign = %(campaign)s AND s.org = r.org AND s.month = r.month AND s.state = 'accepted'
        AND s.version <= %(version)s AND (s.until IS NULL OR s.until > %(version)s)
), r.areas, r.counts
FROM (SELECT * FROM of_month UNION ALL SELECT * FROM reference_cells UNION ALL SELECT * FROM wide_references WHERE %(wide)s) r
UNION ALL
SELECT m.requested, 0, '*', m.requested, true, ARRAY[0], ARRAY[coalesce(sum(s.cases), 0)::bigint]
FROM unnest(%(months)s::date[]) AS m (requested)
LEFT JOIN (
    SELECT c.approved_on, CASE WHEN c.ended_version <= %(version)s THEN coalesce(c.ended_on, '-infinity') ELSE 'infinity' END AS ended_on,
        sum(c.weight) AS cases
    FROM counting_span c
    WHERE c.campaign = %(campaign)s AND c.approved_version <= %(version)s
    GROUP BY 1, 2
) s ON s.approved_on < m.requested + interval '1 month' AND s.ended_on >= m.requested + interval '1 month'
GROUP BY m.requested
