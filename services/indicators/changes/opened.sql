-- The version that opened each of some months: the first after the earlier one that was created in that month or later.
-- Binds: campaign; after and to (data versions); months (first days), timezone (of the campaign).
SELECT m.month, (
    SELECT min(l.version)
    FROM ledger l
    WHERE l.campaign = %(campaign)s AND l.version > %(after)s AND l.version <= %(to)s
        AND l.at >= m.month::timestamp AT TIME ZONE %(timezone)s
)
FROM unnest(%(months)s::date[]) AS m (month)
