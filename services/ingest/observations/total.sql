-- The number of counts on all pages of a query, as of a data version.
-- Binds: campaign, version; orgs and wholes, an entry an organisation; first and last month; the others and the constant as in `counts.sql`.
SELECT coalesce(sum(c.counts), 0)::bigint
FROM unnest(%(orgs)s::text[], %(wholes)s::bool[]) AS a (org, whole)
CROSS JOIN LATERAL (
    SELECT count(*) AS counts
    FROM (
        SELECT FROM observation o
        WHERE o.campaign = %(campaign)s AND o.org = a.org AND o.month BETWEEN %(first)s::date AND %(last)s::date
            AND o.version <= %(version)s
            AND (%(metric)s::int IS NULL OR o.metric = %(metric)s) AND (%(area)s::int IS NULL OR o.area = %(area)s)
            AND (a.whole OR o.metric = ANY(%(seen_metrics)s::int[]) OR o.area = ANY(%(seen_areas)s::int[]))
        UNION ALL
        SELECT FROM observation_history h
        WHERE %(past)s AND h.campaign = %(campaign)s AND h.org = a.org
            AND h.month BETWEEN %(first)s::date AND %(last)s::date AND h.version <= %(version)s AND h.until > %(version)s
            AND (%(metric)s::int IS NULL OR h.metric = %(metric)s) AND (%(area)s::int IS NULL OR h.area = %(area)s)
            AND (a.whole OR h.metric = ANY(%(seen_metrics)s::int[]) OR h.area = ANY(%(seen_areas)s::int[]))
    ) v
) c
