-- The data versions between two that wrote no counts: months accepted or reopened, with their organisation; cases approved,
-- approvals ended, or merges undone, with the first month whose number of cases they changed; definitions applied.
-- Binds: campaign; after and to (data versions).
SELECT l.kind, l.version, NULL::text AS org, NULL::date AS month
FROM ledger l
WHERE l.campaign = %(campaign)s AND l.kind = 'definition' AND l.version > %(after)s AND l.version <= %(to)s
UNION
SELECT 'submission', e.version, s.org, s.month
FROM submission s
CROSS JOIN LATERAL (VALUES (s.version), (s.until)) AS e (version)
WHERE s.campaign = %(campaign)s AND s.state = 'accepted' AND e.version > %(after)s AND e.version <= %(to)s
UNION
SELECT 'case', e.version, NULL, date_trunc('month', e.day)::date
FROM counting_span c
CROSS JOIN LATERAL (VALUES
    (c.approved_version, c.approved_on),
    (c.ended_version, coalesce(c.ended_on, c.approved_on))
) AS e (version, day)
WHERE c.campaign = %(campaign)s AND e.version > %(after)s AND e.version <= %(to)s
ORDER BY 2, 3, 4
