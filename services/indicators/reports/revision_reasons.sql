-- Reasons given with the pushes that changed groups of counts after a data version; a group is an organisation's counts of one
-- metric and month. Counts derived from registers have the organisation '*': the ledger names the organisation that pushed.
-- Binds: campaign, since; and one array entry per group: orgs, metrics, months.
SELECT g.org, g.metric, g.month, i.reason
FROM unnest(%(orgs)s::text[], %(metrics)s::int[], %(months)s::date[]) AS g (org, metric, month)
CROSS JOIN LATERAL (
    SELECT o.version
    FROM observation o
    WHERE o.campaign = %(campaign)s AND o.org = g.org AND o.month = g.month AND o.metric = g.metric AND o.version > %(since)s
    UNION
    SELECT h.until
    FROM observation_history h
    WHERE h.campaign = %(campaign)s AND h.org = g.org AND h.month = g.month AND h.metric = g.metric AND h.until > %(since)s
) changed
JOIN ledger l ON l.campaign = %(campaign)s AND l.version = changed.version
JOIN import i ON i.campaign = %(campaign)s AND i.org = l.org AND i.id::text = l.subject
WHERE i.reason IS NOT NULL
GROUP BY g.org, g.metric, g.month, i.reason
ORDER BY g.org, g.metric, g.month, min(l.version)
