-- The codes, of some metrics, areas and organisations, that stored counts or cases use or that have a client: what applying a
-- definition checks, except rows of registers, which this service does not read. Counts are looked up by the prefix of the key.
-- Binds: campaign; everybody (organisations that may have counts), counted (numbers of all metrics); and the codes to check:
-- metrics and areas with their numbers (metric_numbers, area_numbers), organisations, and names of blocks that items refer to;
-- assignments of tasks (assignment_ids, assignment_tasks, assignment_orgs).
WITH spans AS (
    SELECT g.org, s.first, s.last
    FROM unnest(%(everybody)s::text[]) AS g (org)
    CROSS JOIN LATERAL (
        SELECT
            (SELECT min(o.month) FROM observation o WHERE o.campaign = %(campaign)s AND o.org = g.org) AS first,
            (SELECT max(o.month) FROM observation o WHERE o.campaign = %(campaign)s AND o.org = g.org) AS last
        UNION ALL
        SELECT
            (SELECT min(h.month) FROM observation_history h WHERE h.campaign = %(campaign)s AND h.org = g.org),
            (SELECT max(h.month) FROM observation_history h WHERE h.campaign = %(campaign)s AND h.org = g.org)
    ) s
),
months AS (
    SELECT DISTINCT s.org, m.month::date AS month
    FROM spans s
    CROSS JOIN LATERAL generate_series(s.first, s.last, interval '1 month') AS m (month)
),
noted_assignments AS (  -- those with comments or attachments, whether or not they have a row
    SELECT a.task, a.org
    FROM unnest(%(assignment_ids)s::uuid[], %(assignment_tasks)s::integer[], %(assignment_orgs)s::text[]) AS a (id, task, org)
    WHERE EXISTS (
        SELECT FROM item_comment c
        WHERE c.campaign = %(campaign)s AND c.org = a.org AND c.kind = 'assignment' AND c.item_id = a.id
    ) OR EXISTS (
        SELECT FROM item_attachment f
        WHERE f.campaign = %(campaign)s AND f.org = a.org AND f.kind = 'assignment' AND f.item_id = a.id
    )
)
SELECT 'metric', d.code
FROM unnest(%(metrics)s::text[], %(metric_numbers)s::int[]) AS d (code, number)
WHERE EXISTS (
    SELECT FROM months m
    CROSS JOIN LATERAL (
        SELECT 1 FROM observation o
        WHERE o.campaign = %(campaign)s AND o.org = m.org AND o.month = m.month AND o.metric = d.number
        UNION ALL
        SELECT 1 FROM observation_history h
        WHERE h.campaign = %(campaign)s AND h.org = m.org AND h.month = m.month AND h.metric = d.number
        LIMIT 1
    ) f
)
UNION ALL
SELECT 'area', d.code
FROM unnest(%(areas)s::text[], %(area_numbers)s::int[]) AS d (code, number)
WHERE EXISTS (
    SELECT FROM months m
    CROSS JOIN unnest(%(counted)s::int[]) AS c (metric)
    CROSS JOIN LATERAL (
        SELECT 1 FROM observation o
        WHERE o.campaign = %(campaign)s AND o.org = m.org AND o.month = m.month AND o.metric = c.metric AND o.area = d.number
        UNION ALL
        SELECT 1 FROM observation_history h
        WHERE h.campaign = %(campaign)s AND h.org = m.org AND h.month = m.month AND h.metric = c.metric AND h.area = d.number
        LIMIT 1
    ) f
) OR EXISTS (SELECT FROM case_file c WHERE c.campaign = %(campaign)s AND c.area = d.code)
    OR EXISTS (SELECT FROM difficulty i WHERE i.campaign = %(campaign)s AND i.area = d.code)
UNION ALL
SELECT 'organisation', d.code
FROM unnest(%(organisations)s::text[]) AS d (code)
WHERE EXISTS (SELECT FROM observation o WHERE o.campaign = %(campaign)s AND o.org = d.code)
    OR EXISTS (SELECT FROM observation_history h WHERE h.campaign = %(campaign)s AND h.org = d.code)
    OR EXISTS (SELECT FROM submission s WHERE s.campaign = %(campaign)s AND s.org = d.code)
    OR EXISTS (SELECT FROM case_file c WHERE c.campaign = %(campaign)s AND c.org = d.code)
    OR EXISTS (SELECT FROM client c WHERE c.campaign = %(campaign)s AND c.org = d.code AND c.revoked_at IS NULL)
    OR EXISTS (SELECT FROM difficulty i WHERE i.campaign = %(campaign)s AND d.code IN (i.org, i.responsible))
    OR EXISTS (SELECT FROM action_item a WHERE a.campaign = %(campaign)s AND d.code IN (a.org, a.issued_by))
    OR EXISTS (SELECT FROM task_assignment t WHERE t.campaign = %(campaign)s AND t.org = d.code)
    OR EXISTS (SELECT FROM challenge c WHERE c.campaign = %(campaign)s AND d.code IN (c.org, c.challenger))
    OR EXISTS (SELECT FROM item_comment c WHERE c.campaign = %(campaign)s AND d.code IN (c.org, c.by_org))
    OR EXISTS (SELECT FROM item_attachment a WHERE a.campaign = %(campaign)s AND d.code IN (a.org, a.by_org))
UNION ALL
SELECT 'block', d.name
FROM unnest(%(blocks)s::text[]) AS d (name)
WHERE EXISTS (SELECT FROM case_file c WHERE c.campaign = %(campaign)s AND d.name = 'case_domain[' || c.domain || ']')
    OR EXISTS (
        SELECT FROM case_file c CROSS JOIN unnest(c.technologies) AS t (code)
        WHERE c.campaign = %(campaign)s AND d.name = 'case_technology[' || t.code || ']'
    )
    OR EXISTS (
        SELECT FROM difficulty i
        WHERE i.campaign = %(campaign)s AND d.name IN ('difficulty_category[' || i.category || ']', 'task[' || i.task || ']')
    )
    OR EXISTS (SELECT FROM action_item a WHERE a.campaign = %(campaign)s AND d.name = 'task[' || a.task || ']')
    OR EXISTS (
        SELECT FROM task_assignment t
        WHERE t.campaign = %(campaign)s AND d.name IN (
            'task[' || t.number || ']', 'task[' || t.number || '].responsible[' || t.org || ']'
        )
    )
    OR EXISTS (
        SELECT FROM noted_assignments n
        WHERE d.name IN ('task[' || n.task || ']', 'task[' || n.task || '].responsible[' || n.org || ']')
    )
    OR EXISTS (
        SELECT FROM task_assignment t CROSS JOIN LATERAL jsonb_array_elements(t.measures) AS m (measure)
        WHERE t.campaign = %(campaign)s AND d.name = 'task[' || t.number || '].measure[' || (m.measure ->> 'code') || ']'
    )
