-- The state of each month that a push touches with what it was reopened for, whether it was ever submitted, and whether the
-- organisation has counts in it.
-- The ORDER BY is the key's: without it the planner may look for the first count in the whole table.
SELECT
    m.month,
    s.state,
    s.cells,
    s.registers,
    EXISTS (
        SELECT FROM submission e
        WHERE e.campaign = %(campaign)s AND e.org = %(org)s AND e.month = m.month AND e.state = 'submitted'
    ) AS submitted,
    (
        SELECT true FROM observation o
        WHERE o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = m.month
        ORDER BY o.campaign, o.org, o.month, o.metric, o.area
        LIMIT 1
    ) AS with_counts
FROM unnest(%(months)s::date[]) AS m (month)
LEFT JOIN submission s
    ON s.campaign = %(campaign)s AND s.org = %(org)s AND s.month = m.month AND s.until IS NULL
