-- Counts of a base month that were corrected after the counts of a later month were last written or attested: the difference
-- between the two months would mix two editions of the series. A row for each such cell and pair of months, with the count as it
-- stood then, as it stands now, and the data version that made it so.
-- Binds: campaign; bases and months, one array entry a pair; the orgs, metrics and areas that are looked at; version, the data
-- version to read at. The history of the base month is read first: it is nearly always empty. Each part is looked up by the
-- prefix of its key (OFFSET 0 keeps the planner from joining whole tables), whatever it believes of their size.
SELECT p.base, p.month, h.org, h.metric, h.area, h.value AS before, base.value AS after, base.version
FROM unnest(%(bases)s::date[], %(months)s::date[]) AS p (base, month)
CROSS JOIN unnest(%(orgs)s::text[]) AS c (org)
CROSS JOIN LATERAL (
    SELECT o.org, o.month, o.metric, o.area, o.value, o.version, o.until
    FROM observation_history o
    WHERE o.campaign = %(campaign)s AND o.org = c.org AND o.month = p.base AND o.metric = ANY(%(metrics)s::int[])
        AND o.area = ANY(%(areas)s::int[]) AND o.until <= %(version)s
    OFFSET 0
) h
CROSS JOIN LATERAL (
    SELECT o.value, o.version
    FROM observation o
    WHERE o.campaign = %(campaign)s AND o.org = h.org AND o.month = h.month AND o.metric = h.metric AND o.area = h.area
        AND o.version <= %(version)s
    UNION ALL
    SELECT o.value, o.version
    FROM observation_history o
    WHERE o.campaign = %(campaign)s AND o.org = h.org AND o.month = h.month AND o.metric = h.metric AND o.area = h.area
        AND o.version <= %(version)s AND o.until > %(version)s
    OFFSET 0
) base
CROSS JOIN LATERAL (
    SELECT o.version
    FROM observation o
    WHERE o.campaign = %(campaign)s AND o.org = h.org AND o.month = p.month AND o.metric = h.metric AND o.area = h.area
        AND o.version <= %(version)s
    UNION ALL
    SELECT o.version
    FROM observation_history o
    WHERE o.campaign = %(campaign)s AND o.org = h.org AND o.month = p.month AND o.metric = h.metric AND o.area = h.area
        AND o.version <= %(version)s AND o.until > %(version)s
    OFFSET 0
) later
CROSS JOIN LATERAL (
    SELECT greatest(later.version, max(s.version)) AS version
    FROM submission s
    WHERE s.campaign = %(campaign)s AND s.org = h.org AND s.month = p.month AND s.state = 'submitted'
        AND s.version <= %(version)s
) made
WHERE h.value <> base.value AND h.version <= made.version AND h.until > made.version
ORDER BY p.month, p.base, h.metric, h.org, h.area
