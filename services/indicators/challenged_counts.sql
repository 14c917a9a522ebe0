-- The counts that had an open challenge at a data version.
-- Binds: campaign, version; limited: only counts of the organisation `org` or in `area`, which may be null.
SELECT c.metric, c.org, c.month, c.area, c.id
FROM challenge c
WHERE c.campaign = %(campaign)s AND c.opened_version <= %(version)s
    AND (c.ended_version IS NULL OR c.ended_version > %(version)s)
    AND (NOT %(limited)s OR c.org = %(org)s OR c.area = %(area)s::text)
