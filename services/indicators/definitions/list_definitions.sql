-- Definition versions, newest first.
-- Binds: campaign, after_version (only lower versions; null: all), limit.
SELECT d.version, d.until, d.digest, l.at, l.actor AS client
FROM definition d
JOIN ledger l ON l.campaign = %(campaign)s AND l.version = d.version
WHERE d.campaign = %(campaign)s AND (%(after_version)s::bigint IS NULL OR d.version < %(after_version)s)
ORDER BY d.version DESC
LIMIT %(limit)s
