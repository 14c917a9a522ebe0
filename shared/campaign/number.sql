-- Binds: campaign, kind (metric or area), codes in the order of the file. Numbers the codes that have none yet.
INSERT INTO code_number (campaign, kind, code, number)
SELECT %(campaign)s, %(kind)s, fresh.code, last.number + row_number() OVER (ORDER BY fresh.place)
FROM unnest(CAST(%(codes)s AS text[])) WITH ORDINALITY AS fresh (code, place)
CROSS JOIN (
    SELECT coalesce(max(number), 0) AS number FROM code_number WHERE campaign = %(campaign)s AND kind = %(kind)s
) AS last
LEFT JOIN code_number AS known
    ON known.campaign = %(campaign)s AND known.kind = %(kind)s AND known.code = fresh.code
WHERE known.code IS NULL
