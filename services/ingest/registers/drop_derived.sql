-- Takes back the derived counts that no row of a register gives any more.
DELETE FROM observation o
USING (
    SELECT h.org, h.month, h.metric, h.area
    FROM observation h
    JOIN (SELECT DISTINCT t.month, t.area FROM register_touched t) t ON t.month = h.month AND t.area = h.area
    LEFT JOIN register_count c ON c.org = h.org AND c.month = h.month AND c.metric = h.metric AND c.area = h.area
    WHERE h.campaign = %(campaign)s AND h.org IN (%(org)s, '*') AND h.month = ANY(%(months)s::date[])
        AND h.metric = ANY(%(metrics)s::int[]) AND c.value IS NULL
) gone
WHERE o.campaign = %(campaign)s AND o.org = gone.org AND o.month = gone.month AND o.metric = gone.metric AND o.area = gone.area
