-- The state of each month a push touches, and whether the organisation has counts in it already (one of them is enough to know).
SELECT
    m.month,
    s.state,
    (
        SELECT true FROM observation o
        WHERE o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = m.month
        LIMIT 1
    ) AS filled
FROM unnest(%(months)s::date[]) AS m (month)
LEFT JOIN submission s
    ON s.campaign = %(campaign)s AND s.org = %(org)s AND s.month = m.month AND s.until IS NULL
