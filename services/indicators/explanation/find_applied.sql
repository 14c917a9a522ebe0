-- When a version of the definition was applied, and by whom.
-- Binds: campaign, version.
SELECT l.at, l.actor
FROM ledger l
WHERE l.campaign = %(campaign)s AND l.version = %(version)s AND l.kind = 'definition'
