-- The data versions between two that opened or ended a challenge, with the challenged count.
-- Binds: campaign; after and to (data versions); limited, org, area as in challenged_counts.
SELECT e.version, c.metric, c.org, c.month, c.area
FROM challenge c
CROSS JOIN LATERAL (VALUES (c.opened_version), (c.ended_version)) AS e (version)
WHERE c.campaign = %(campaign)s AND e.version > %(after)s AND e.version <= %(to)s
    AND (NOT %(limited)s OR c.org = %(org)s OR c.area = %(area)s::text)
ORDER BY e.version
