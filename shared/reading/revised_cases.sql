-- The months whose number of approved cases changed after they had ended: the number at the last data version of the month, the
-- number now, and the last version that changed it. Binds: campaign, version, months (first days), timezone (an IANA name).
WITH ended AS (
    SELECT m.month, m.month + interval '1 month' AS until,
        (SELECT coalesce(max(l.version), 0) FROM ledger l
         WHERE l.campaign = %(campaign)s AND l.version <= %(version)s
             AND l.at < (m.month + interval '1 month') AT TIME ZONE %(timezone)s) AS version
    FROM unnest(%(months)s::date[]) AS m (month)
),
counted AS (
    SELECT e.month,
        c.approved_version <= e.version
            AND (c.ended_version IS NULL OR c.ended_version > e.version OR c.ended_on IS NOT NULL AND c.ended_on >= e.until) AS before,
        c.ended_version IS NULL OR c.ended_version > %(version)s OR c.ended_on IS NOT NULL AND c.ended_on >= e.until AS after,
        c.approved_version, c.ended_version
    FROM ended e
    JOIN case_file c ON c.campaign = %(campaign)s AND c.approved_version <= %(version)s AND c.approved_on < e.until
)
SELECT n.month, count(*) FILTER (WHERE n.before) AS before, count(*) FILTER (WHERE n.after) AS after,
    max(CASE WHEN n.after THEN n.approved_version ELSE n.ended_version END) FILTER (WHERE n.before <> n.after) AS data_version
FROM counted n
GROUP BY n.month
HAVING count(*) FILTER (WHERE n.before) <> count(*) FILTER (WHERE n.after)
ORDER BY n.month
