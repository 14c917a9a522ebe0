-- Definition versions, newest first.
-- Binds: campaign, before (only lower versions), limit.
SELECT d.version, d.until, d.digest, l.at, l.actor AS client
FROM definition d
JOIN ledger l ON l.campaign = %(campaign)s AND l.version = d.version
WHERE d.campaign = %(campaign)s AND d.version < %(before)s
ORDER BY d.version DESC
LIMIT %(limit)s
