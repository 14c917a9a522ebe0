-- The cells that an import created, where they still stand as it left them. The OFFSET keeps the look-up in the key.
SELECT o.month, o.metric, o.area
FROM observation o
LEFT JOIN LATERAL (
    SELECT true AS ended
    FROM observation_history h
    WHERE h.campaign = %(campaign)s AND h.org = %(org)s AND h.month = o.month AND h.metric = o.metric AND h.area = o.area
        AND h.until = %(version)s
    OFFSET 0
) b ON true
WHERE o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = ANY(%(months)s) AND o.version = %(version)s AND b.ended IS NULL
