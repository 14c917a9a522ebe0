-- Takes back what keep_retracted.sql kept.
DELETE FROM observation o
USING (
    SELECT a.metric, a.area
    FROM observation a
    LEFT JOIN stage s ON s.month = a.month AND s.metric = a.metric AND s.area = a.area
    WHERE a.campaign = %(campaign)s AND a.org = %(org)s AND a.month = %(month)s AND a.metric <> ALL(%(derived)s)
        AND s.month IS NULL
) gone
WHERE o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = %(month)s AND o.metric = gone.metric AND o.area = gone.area
