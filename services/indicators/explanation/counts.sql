-- The origins of counts, in the order of the binds: the version that wrote each, its import, client and timestamp, and the
-- submission of the organisation's month with its attestation, as of a data version.
-- Binds: campaign, version, and one array entry a count: orgs, months, metrics, areas. Constant: past, whether the
-- version is older than the latest, so that the history is read.
SELECT v.version, v.note, l.at, l.subject, l.org, l.actor, s.state, s.version, a.version, a.attested_name, a.attested_title, a.at,
    a.actor
FROM unnest(%(orgs)s::text[], %(months)s::date[], %(metrics)s::int[], %(areas)s::int[])
    WITH ORDINALITY AS c (org, month, metric, area, place)
CROSS JOIN LATERAL (
    SELECT o.version, o.note
    FROM observation o
    WHERE o.campaign = %(campaign)s AND o.org = c.org AND o.month = c.month AND o.metric = c.metric AND o.area = c.area
        AND o.version <= %(version)s
    UNION ALL
    SELECT h.version, h.note
    FROM observation_history h
    WHERE %(past)s AND h.campaign = %(campaign)s AND h.org = c.org AND h.month = c.month AND h.metric = c.metric
        AND h.area = c.area AND h.version <= %(version)s AND h.until > %(version)s
) v
JOIN ledger l ON l.campaign = %(campaign)s AND l.version = v.version
LEFT JOIN submission s
    ON s.campaign = %(campaign)s AND s.org = c.org AND s.month = c.month AND s.version <= %(version)s
    AND (s.until IS NULL OR s.until > %(version)s)
LEFT JOIN LATERAL (
    SELECT t.version, t.attested_name, t.attested_title, m.at, m.actor
    FROM submission t
    JOIN ledger m ON m.campaign = %(campaign)s AND m.version = t.version
    WHERE t.campaign = %(campaign)s AND t.org = c.org AND t.month = c.month AND t.state = 'submitted'
        AND t.version <= s.version
    ORDER BY t.version DESC
    LIMIT 1
) a ON s.state IN ('submitted', 'accepted')
ORDER BY c.place
