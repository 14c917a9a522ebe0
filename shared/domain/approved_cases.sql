-- How many approved cases count in each month, as of a data version.
SELECT m.month, count(c.id)
FROM unnest(%(months)s::date[]) AS m (month)
LEFT JOIN case_file c
    ON c.campaign = %(campaign)s AND c.approved_version <= %(version)s
    AND (c.ended_version IS NULL OR c.ended_version > %(version)s)
    AND c.approved_on < m.month + interval '1 month'
GROUP BY m.month
