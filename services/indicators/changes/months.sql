-- The months for which some organisations had reported counts by a data version, including counts that were retracted since.
-- Steps from month to month along the key, so it reads a row per month, however many counts there are; LIMIT keeps the planner
-- from reading all counts at once instead.
-- Binds: campaign, orgs, to (data version).
WITH RECURSIVE held AS (
    SELECT a.org, (
        SELECT min(o.month) FROM observation o WHERE o.campaign = %(campaign)s AND o.org = a.org
    ) AS month
    FROM unnest(%(orgs)s::text[]) AS a (org)
    UNION ALL
    SELECT p.org, (
        SELECT min(o.month) FROM observation o WHERE o.campaign = %(campaign)s AND o.org = p.org AND o.month > p.month
    )
    FROM held p
    WHERE p.month IS NOT NULL
),
kept AS (
    SELECT a.org, (
        SELECT min(h.month) FROM observation_history h WHERE h.campaign = %(campaign)s AND h.org = a.org
    ) AS month
    FROM unnest(%(orgs)s::text[]) AS a (org)
    UNION ALL
    SELECT p.org, (
        SELECT min(h.month) FROM observation_history h WHERE h.campaign = %(campaign)s AND h.org = p.org AND h.month > p.month
    )
    FROM kept p
    WHERE p.month IS NOT NULL
)
SELECT p.org, p.month
FROM held p
CROSS JOIN LATERAL (
    SELECT FROM observation o
    WHERE o.campaign = %(campaign)s AND o.org = p.org AND o.month = p.month AND o.version <= %(to)s
    LIMIT 1
) o
UNION
SELECT p.org, p.month
FROM kept p
CROSS JOIN LATERAL (
    SELECT FROM observation_history h
    WHERE h.campaign = %(campaign)s AND h.org = p.org AND h.month = p.month AND h.version <= %(to)s
    LIMIT 1
) h
