-- The submission of each organisation's month: the person who attested it (while it is submitted or accepted), the open reopening
-- request, and the content hash: SHA-256 of the sorted lines of its current counts, then of its register rows.
-- `registers_with_area`: the registers whose rows are reported with an area; those of other registers get theirs from the row they
-- refer to, so it is not part of what is attested.
SELECT
    a.org,
    s.version,
    coalesce(s.state, 'open') AS state,
    signed.content_hash AS attested_hash,
    signed.attested_name,
    signed.attested_title,
    s.reason,
    coalesce(s.cells, '[]') AS cells,
    coalesce(s.registers, '[]') AS registers,
    r.id AS reopening,
    r.cells AS reopening_cells,
    r.registers AS reopening_registers,
    encode(sha256(convert_to(concat_ws(E'\n', c.lines, w.lines), 'UTF8')), 'hex') AS content_hash
FROM unnest(%(orgs)s::text[]) AS a (org)
LEFT JOIN submission s
    ON s.campaign = %(campaign)s AND s.org = a.org AND s.month = %(month)s AND s.until IS NULL
LEFT JOIN LATERAL (
    SELECT * FROM submission
    WHERE campaign = %(campaign)s AND org = a.org AND month = %(month)s AND state = 'submitted' AND version <= s.version
    ORDER BY version DESC
    LIMIT 1
) signed ON s.state IN ('submitted', 'accepted')
LEFT JOIN reopening r
    ON r.campaign = %(campaign)s AND r.org = a.org AND r.month = %(month)s AND r.state = 'open'
LEFT JOIN LATERAL (
    SELECT string_agg(
        m.code || ',' || p.code || ',' || o.value, E'\n' ORDER BY m.code COLLATE "C", p.code COLLATE "C"
    ) AS lines
    FROM observation o
    JOIN code_number m ON m.campaign = %(campaign)s AND m.kind = 'metric' AND m.number = o.metric
    JOIN code_number p ON p.campaign = %(campaign)s AND p.kind = 'area' AND p.number = o.area
    WHERE o.campaign = %(campaign)s AND o.org = a.org AND o.month = %(month)s
) c ON true
LEFT JOIN LATERAL (
    SELECT string_agg(t.line, E'\n' ORDER BY t.line COLLATE "C") AS lines
    FROM (
        SELECT 'registers/' || r.register || ',' || CASE WHEN r.register = ANY(%(registers_with_area)s::text[]) THEN p.code || ',' ELSE '' END
            || r.body::text AS line
        FROM register_row r
        JOIN code_number p ON p.campaign = %(campaign)s AND p.kind = 'area' AND p.number = r.area
        WHERE r.campaign = %(campaign)s AND r.org = a.org AND r.month = %(month)s
    ) t
) w ON true
ORDER BY a.org
