-- The months whose number of approved cases changed after they had ended: the number at the last data version of the month, the
-- number now, and the last version that changed it. Cases with the same days that were entered between the same ends of months are
-- counted together first, so that each is read once for all months: `approved_after` and `ended_after` are the numbers of the last
-- months that had ended before the approval and its end were entered, 0 if none had.
-- Binds: campaign, version, months (first days, in order), timezone (an IANA name).
WITH ended AS (
    SELECT m.month, m.number, m.month + interval '1 month' AS until,
        (SELECT coalesce(max(l.version), 0) FROM ledger l
         WHERE l.campaign = %(campaign)s AND l.version <= %(version)s
             AND l.at < (m.month + interval '1 month') AT TIME ZONE %(timezone)s) AS version
    FROM unnest(%(months)s::date[]) WITH ORDINALITY AS m (month, number)
),
spans AS (
    SELECT c.approved_on, CASE WHEN c.ended_version <= %(version)s THEN coalesce(c.ended_on, '-infinity') ELSE 'infinity' END AS ended_on,
        width_bucket(c.approved_version, e.next_versions) AS approved_after,
        width_bucket(c.ended_version, e.next_versions) AS ended_after,
        max(c.approved_version) AS approved_version, max(c.ended_version) AS ended_version, sum(c.weight) AS cases
    FROM counting_span c
    CROSS JOIN (SELECT array_agg(e.version + 1 ORDER BY e.number) AS next_versions FROM ended e) e
    WHERE c.campaign = %(campaign)s AND c.approved_version <= %(version)s
    GROUP BY 1, 2, 3, 4
),
counted AS (
    SELECT e.month, s.cases, s.approved_version, s.ended_version,
        e.number > s.approved_after AND (e.number <= s.ended_after OR s.ended_on >= e.until) AS before,
        s.ended_on >= e.until AS after
    FROM ended e
    JOIN spans s ON s.approved_on < e.until
)
SELECT n.month, coalesce(sum(n.cases) FILTER (WHERE n.before), 0)::bigint AS before,
    coalesce(sum(n.cases) FILTER (WHERE n.after), 0)::bigint AS after,
    max(CASE WHEN n.after THEN n.approved_version ELSE n.ended_version END) FILTER (WHERE n.before <> n.after) AS data_version
FROM counted n
GROUP BY n.month
HAVING sum(n.cases) FILTER (WHERE n.before) IS DISTINCT FROM sum(n.cases) FILTER (WHERE n.after)
ORDER BY n.month
