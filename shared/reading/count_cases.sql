-- Number of approved cases that count for some months at a data version, by organisation and domain. They are counted by the days
-- of approval and end first, so that a case is read once for all months. Binds: campaign, version, months (first days).
SELECT m.month, s.org, s.domain, sum(s.cases)::bigint AS cases
FROM unnest(%(months)s::date[]) AS m (month)
JOIN (
    SELECT c.org, c.domain, c.approved_on,
        CASE WHEN c.ended_version <= %(version)s THEN coalesce(c.ended_on, '-infinity') ELSE 'infinity' END AS ended_on,
        sum(c.weight) AS cases
    FROM counting_span c
    WHERE c.campaign = %(campaign)s AND c.approved_version <= %(version)s
    GROUP BY 1, 2, 3, 4
) s ON s.approved_on < m.month + interval '1 month' AND s.ended_on >= m.month + interval '1 month'
GROUP BY m.month, s.org, s.domain
