-- What explains each finding: the note of its row, and the last explanation that was given for it.
SELECT f.id, o.note, e.text, e.revision, e.actor, e.at
FROM unnest(%(ids)s::uuid[], %(orgs)s::text[], %(months)s::date[], %(metrics)s::int[], %(areas)s::int[])
    AS f (id, org, month, metric, area)
LEFT JOIN LATERAL (
    SELECT * FROM observation
    WHERE campaign = %(campaign)s AND org = f.org AND month = f.month AND metric = f.metric AND area = f.area
    OFFSET 0
) o ON true
LEFT JOIN LATERAL (
    SELECT * FROM finding_explanation
    WHERE campaign = %(campaign)s AND org = f.org AND month = f.month AND finding_id = f.id
    ORDER BY campaign DESC, org DESC, month DESC, finding_id DESC, revision DESC
    LIMIT 1
) e ON true
