-- Issued reports by number, with their files and acknowledgements.
-- Binds: campaign; the filters month, number and after_number, null: no filter; limit.
SELECT r.number, r.month, r.version, r.definition_version, r.issued_at, r.issuer, r.figures,
    (
        SELECT max(e.number)
        FROM report e
        WHERE e.campaign = %(campaign)s AND e.month = r.month AND e.number < r.number
    ) AS supersedes,
    (
        SELECT min(e.number)
        FROM report e
        WHERE e.campaign = %(campaign)s AND e.month = r.month AND e.number > r.number
    ) AS superseded_by,
    ARRAY(
        SELECT jsonb_build_object('ending', f.ending, 'bytes', octet_length(f.content), 'sha256', f.sha256)
        FROM report_file f
        WHERE f.campaign = %(campaign)s AND f.number = r.number
        ORDER BY f.ending
    ) AS files,
    ARRAY(
        SELECT jsonb_build_object('org', a.org, 'note', a.note, 'at', a.at)
        FROM report_acknowledgement a
        WHERE a.campaign = %(campaign)s AND a.number = r.number
        ORDER BY a.at, a.org
    ) AS acknowledgements
FROM report r
WHERE r.campaign = %(campaign)s
    AND (%(month)s::date IS NULL OR r.month = %(month)s)
    AND (%(number)s::int IS NULL OR r.number = %(number)s)
    AND (%(after_number)s::int IS NULL OR r.number > %(after_number)s)
ORDER BY r.number
LIMIT %(limit)s
