-- Binds: campaign, and the codes that are in doubt: metrics, areas, organisations, and the names of blocks that items refer to;
-- assignments of tasks (assignment_ids, assignment_tasks, assignment_orgs). Answers (kind, code) for those under which something
-- is or was stored. Reads whole tables of the campaign for a metric or area in doubt, which is rare and worth it.
WITH doubted AS (
    SELECT n.kind, n.code, n.number
    FROM code_number AS n
    WHERE n.campaign = %(campaign)s
      AND (n.kind = 'metric' AND n.code = ANY(%(metrics)s) OR n.kind = 'area' AND n.code = ANY(%(areas)s))
),
noted_assignments AS (  -- those with comments or attachments, whether or not they have a row
    SELECT a.task, a.org
    FROM unnest(
        CAST(%(assignment_ids)s AS uuid[]), CAST(%(assignment_tasks)s AS integer[]), CAST(%(assignment_orgs)s AS text[])
    ) AS a (id, task, org)
    WHERE EXISTS (
        SELECT FROM item_comment AS c
        WHERE c.campaign = %(campaign)s AND c.org = a.org AND c.kind = 'assignment' AND c.item_id = a.id
    ) OR EXISTS (
        SELECT FROM item_attachment AS f
        WHERE f.campaign = %(campaign)s AND f.org = a.org AND f.kind = 'assignment' AND f.item_id = a.id
    )
)
SELECT d.kind, d.code
FROM doubted AS d
WHERE d.kind = 'metric' AND (
    EXISTS (SELECT FROM observation AS o WHERE o.campaign = %(campaign)s AND o.metric = d.number)
    OR EXISTS (SELECT FROM observation_history AS h WHERE h.campaign = %(campaign)s AND h.metric = d.number)
) OR d.kind = 'area' AND (
    EXISTS (SELECT FROM observation AS o WHERE o.campaign = %(campaign)s AND o.area = d.number)
    OR EXISTS (SELECT FROM observation_history AS h WHERE h.campaign = %(campaign)s AND h.area = d.number)
    OR EXISTS (SELECT FROM case_file AS c WHERE c.campaign = %(campaign)s AND c.area = d.code)
    OR EXISTS (SELECT FROM difficulty AS i WHERE i.campaign = %(campaign)s AND i.area = d.code)
    OR EXISTS (SELECT FROM register_row AS r WHERE r.campaign = %(campaign)s AND r.area = d.number)
    OR EXISTS (SELECT FROM register_row_history AS r WHERE r.campaign = %(campaign)s AND r.area = d.number)
)
UNION ALL
SELECT 'organisation', g.code
FROM unnest(CAST(%(organisations)s AS text[])) AS g (code)
WHERE EXISTS (SELECT FROM observation AS o WHERE o.campaign = %(campaign)s AND o.org = g.code)
   OR EXISTS (SELECT FROM observation_history AS h WHERE h.campaign = %(campaign)s AND h.org = g.code)
   OR EXISTS (SELECT FROM register_row AS r WHERE r.campaign = %(campaign)s AND r.org = g.code)
   OR EXISTS (SELECT FROM register_row_history AS r WHERE r.campaign = %(campaign)s AND r.org = g.code)
   OR EXISTS (SELECT FROM submission AS s WHERE s.campaign = %(campaign)s AND s.org = g.code)
   OR EXISTS (SELECT FROM case_file AS c WHERE c.campaign = %(campaign)s AND c.org = g.code)
   OR EXISTS (SELECT FROM client AS c WHERE c.campaign = %(campaign)s AND c.org = g.code AND c.revoked_at IS NULL)
   OR EXISTS (SELECT FROM difficulty AS d WHERE d.campaign = %(campaign)s AND g.code IN (d.org, d.responsible))
   OR EXISTS (SELECT FROM action_item AS a WHERE a.campaign = %(campaign)s AND g.code IN (a.org, a.issued_by))
   OR EXISTS (SELECT FROM task_assignment AS t WHERE t.campaign = %(campaign)s AND t.org = g.code)
   OR EXISTS (SELECT FROM challenge AS c WHERE c.campaign = %(campaign)s AND g.code IN (c.org, c.challenger))
   OR EXISTS (SELECT FROM item_comment AS c WHERE c.campaign = %(campaign)s AND g.code IN (c.org, c.by_org))
   OR EXISTS (SELECT FROM item_attachment AS a WHERE a.campaign = %(campaign)s AND g.code IN (a.org, a.by_org))
UNION ALL
SELECT 'block', b.name
FROM unnest(CAST(%(blocks)s AS text[])) AS b (name)
WHERE EXISTS (SELECT FROM case_file AS c WHERE c.campaign = %(campaign)s AND b.name = 'case_domain[' || c.domain || ']')
   OR EXISTS (
       SELECT FROM case_file AS c CROSS JOIN unnest(c.technologies) AS t (code)
       WHERE c.campaign = %(campaign)s AND b.name = 'case_technology[' || t.code || ']'
   )
   OR EXISTS (
       SELECT FROM difficulty AS d
       WHERE d.campaign = %(campaign)s AND b.name IN ('difficulty_category[' || d.category || ']', 'task[' || d.task || ']')
   )
   OR EXISTS (SELECT FROM action_item AS a WHERE a.campaign = %(campaign)s AND b.name = 'task[' || a.task || ']')
   OR EXISTS (
       SELECT FROM task_assignment AS t
       WHERE t.campaign = %(campaign)s AND b.name IN (
           'task[' || t.number || ']', 'task[' || t.number || '].responsible[' || t.org || ']'
       )
   )
   OR EXISTS (
       SELECT FROM noted_assignments AS n
       WHERE b.name IN ('task[' || n.task || ']', 'task[' || n.task || '].responsible[' || n.org || ']')
   )
   OR EXISTS (
       SELECT FROM task_assignment AS t CROSS JOIN LATERAL jsonb_array_elements(t.measures) AS m (measure)
       WHERE t.campaign = %(campaign)s AND b.name = 'task[' || t.number || '].measure[' || (m.measure ->> 'code') || ']'
   )
