-- The value of one count at a data version, and its current value; null where there is none.
-- Binds: campaign, org, month, metric, area, version.
SELECT
    (
        SELECT o.value
        FROM observation o
        WHERE o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = %(month)s AND o.metric = %(metric)s AND o.area = %(area)s
            AND o.version <= %(version)s
        UNION ALL
        SELECT h.value
        FROM observation_history h
        WHERE h.campaign = %(campaign)s AND h.org = %(org)s AND h.month = %(month)s AND h.metric = %(metric)s AND h.area = %(area)s
            AND h.version <= %(version)s AND h.until > %(version)s
    ) AS read,
    (
        SELECT o.value
        FROM observation o
        WHERE o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = %(month)s AND o.metric = %(metric)s AND o.area = %(area)s
    ) AS current
