-- Writes the counts of a batch that are new or changed, and keeps what they change in the history, ending at the push's version;
-- the others are not touched. A note belongs to the value that it explains: a new value without one clears it.
-- Returns how many are new, and how many changed.
-- Binds: one array entry for each column, its areas, counts and notes as array literals.
-- The OFFSET keeps the look-up one by one in the key: the planner knows nothing of the batch, and after a large push nothing of
-- the table, and would now and then read all counts of an organisation for each row.
WITH pushed AS (
    SELECT p.month, p.metric, c.area, c.value, c.note
    FROM unnest(%(months)s::date[], %(metrics)s::int[], %(areas)s::text[], %(counts)s::text[], %(notes)s::text[])
        AS p (month, metric, areas, counts, notes)
    CROSS JOIN LATERAL unnest(p.areas::int[], p.counts::bigint[], p.notes::text[]) AS c (area, value, note)
),
changed AS (
    SELECT s.month, s.metric, s.area, s.value, s.note, o.version AS old_version, o.value AS old_value, o.note AS old_note
    FROM pushed s
    LEFT JOIN LATERAL (
        SELECT * FROM observation
        WHERE campaign = %(campaign)s AND org = %(org)s AND month = s.month AND metric = s.metric AND area = s.area
        OFFSET 0
    ) o ON true
    WHERE o.campaign IS NULL OR o.value <> s.value OR (s.note IS NOT NULL AND s.note IS DISTINCT FROM o.note)
),
kept AS (
    INSERT INTO observation_history (campaign, org, month, metric, area, version, until, value, note)
    SELECT %(campaign)s, %(org)s, m.month, m.metric, m.area, m.old_version, %(version)s, m.old_value, m.old_note
    FROM changed m
    WHERE m.old_version IS NOT NULL
    RETURNING 1
),
written AS (
    INSERT INTO observation (campaign, org, month, metric, area, value, version, note)
    SELECT %(campaign)s, %(org)s, m.month, m.metric, m.area, m.value, %(version)s, m.note
    FROM changed m
    ON CONFLICT (campaign, org, month, metric, area)
    DO UPDATE SET value = excluded.value, version = excluded.version, note = excluded.note
    RETURNING 1
)
SELECT (SELECT count(*) FROM written) - (SELECT count(*) FROM kept) AS created, (SELECT count(*) FROM kept) AS changed
