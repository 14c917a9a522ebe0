-- What explains each finding: the note of its row, and the last explanation that was given for it.
-- Binds: campaign; one array entry for each finding; version and at (its time), if they are past. Constant: past, whether those of an earlier time are wanted.
SELECT f.id, o.note, e.text, e.revision, e.actor, e.at
FROM unnest(%(ids)s::uuid[], %(orgs)s::text[], %(months)s::date[], %(metrics)s::int[], %(areas)s::int[])
    AS f (id, org, month, metric, area)
LEFT JOIN LATERAL (
    SELECT c.note FROM observation c
    WHERE c.campaign = %(campaign)s AND c.org = f.org AND c.month = f.month AND c.metric = f.metric AND c.area = f.area
        AND (NOT %(past)s OR c.version <= %(version)s::bigint)
    UNION ALL
    SELECT h.note FROM observation_history h
    WHERE %(past)s AND h.campaign = %(campaign)s AND h.org = f.org AND h.month = f.month AND h.metric = f.metric
        AND h.area = f.area AND h.version <= %(version)s::bigint AND h.until > %(version)s::bigint
    OFFSET 0
) o ON true
LEFT JOIN LATERAL (
    SELECT * FROM finding_explanation
    WHERE campaign = %(campaign)s AND org = f.org AND month = f.month AND finding_id = f.id
        AND (NOT %(past)s OR at <= %(at)s::timestamptz)
    ORDER BY campaign DESC, org DESC, month DESC, finding_id DESC, revision DESC
    LIMIT 1
) e ON true
