-- The counts of some organisations that a month expects, as of a data version, each with the time at which its cell was reported:
-- that of the first version since the cell was last empty. A correction ends one version where the next begins, so a version that
-- nothing ends at is one that filled the cell.
-- Binds: campaign, month, version; orgs and metrics (those of the month itself); ref_orgs and ref_metrics (reference metrics, of
-- which the counts of every month up to this one are returned, and the organisations that report them). Constant: `past`, whether
-- the version is older than the latest, so that the history is read.
WITH stored AS (
    SELECT o.org, o.metric, o.area, o.month, o.value, o.version
    FROM unnest(%(orgs)s::text[]) AS a (org)
    JOIN observation o
        ON o.campaign = %(campaign)s AND o.org = a.org AND o.month = %(month)s AND o.metric = ANY(%(metrics)s::int[])
        AND o.version <= %(version)s
    UNION ALL
    SELECT o.org, o.metric, o.area, o.month, o.value, o.version
    FROM unnest(%(ref_orgs)s::text[]) AS a (org)
    JOIN observation o
        ON o.campaign = %(campaign)s AND o.org = a.org AND o.month <= %(month)s AND o.metric = ANY(%(ref_metrics)s::int[])
        AND o.version <= %(version)s
    UNION ALL
    SELECT h.org, h.metric, h.area, h.month, h.value, h.version
    FROM unnest(%(orgs)s::text[]) AS a (org)
    JOIN observation_history h
        ON %(past)s AND h.campaign = %(campaign)s AND h.org = a.org AND h.month = %(month)s
        AND h.metric = ANY(%(metrics)s::int[]) AND h.version <= %(version)s AND h.until > %(version)s
    UNION ALL
    SELECT h.org, h.metric, h.area, h.month, h.value, h.version
    FROM unnest(%(ref_orgs)s::text[]) AS a (org)
    JOIN observation_history h
        ON %(past)s AND h.campaign = %(campaign)s AND h.org = a.org AND h.month <= %(month)s
        AND h.metric = ANY(%(ref_metrics)s::int[]) AND h.version <= %(version)s AND h.until > %(version)s
)
SELECT s.org, s.metric, s.area, s.month, s.value, l.at
FROM stored s
CROSS JOIN LATERAL (
    SELECT max(v.version) AS version
    FROM (
        SELECT s.version
        UNION ALL
        SELECT h.version
        FROM observation_history h
        WHERE h.campaign = %(campaign)s AND h.org = s.org AND h.month = s.month AND h.metric = s.metric AND h.area = s.area
            AND h.version < s.version
    ) v
    LEFT JOIN observation_history p
        ON p.campaign = %(campaign)s AND p.org = s.org AND p.month = s.month AND p.metric = s.metric AND p.area = s.area
        AND p.until = v.version
    WHERE p.version IS NULL
) first
JOIN ledger l ON l.campaign = %(campaign)s AND l.version = first.version
