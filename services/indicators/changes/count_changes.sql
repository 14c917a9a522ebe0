-- The data versions between two that wrote or ended counts, by organisation, month, metric and, if by_area, area.
-- Binds: campaign; after and to (data versions); orgs and org_months (an array entry for each month of an organisation to
-- search); by_area.
SELECT DISTINCT e.version, p.org, p.month, v.metric, CASE WHEN %(by_area)s THEN v.area END
FROM unnest(%(orgs)s::text[], %(org_months)s::date[]) AS p (org, month)
CROSS JOIN LATERAL (
    SELECT o.metric, o.area, o.version, NULL::bigint AS until
    FROM observation o
    WHERE o.campaign = %(campaign)s AND o.org = p.org AND o.month = p.month AND o.version > %(after)s AND o.version <= %(to)s
    UNION ALL
    SELECT h.metric, h.area, h.version, h.until
    FROM observation_history h
    WHERE h.campaign = %(campaign)s AND h.org = p.org AND h.month = p.month AND h.until > %(after)s AND h.version <= %(to)s
) v
CROSS JOIN LATERAL (VALUES (v.version), (v.until)) AS e (version)
WHERE e.version > %(after)s AND e.version <= %(to)s
