-- The cells that an import touched and something newer touched again.
SELECT t.month, t.metric, t.area
FROM (
    SELECT o.month, o.metric, o.area
    FROM observation o
    WHERE o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = ANY(%(months)s) AND o.version = %(version)s
    UNION
    SELECT h.month, h.metric, h.area
    FROM observation_history h
    WHERE h.campaign = %(campaign)s AND h.org = %(org)s AND h.month = ANY(%(months)s)
        AND (h.until = %(version)s OR h.version = %(version)s)
) t
WHERE EXISTS (
    SELECT FROM observation o
    WHERE o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = t.month AND o.metric = t.metric AND o.area = t.area
        AND o.version > %(version)s
) OR EXISTS (
    SELECT FROM observation_history h
    WHERE h.campaign = %(campaign)s AND h.org = %(org)s AND h.month = t.month AND h.metric = t.metric AND h.area = t.area
        AND h.version >= %(version)s
)
ORDER BY t.month, t.metric, t.area
