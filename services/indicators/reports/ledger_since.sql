-- Number of ledger entries and time of the latest, by kind and organisation, between two data versions (both exclusive).
SELECT l.kind, l.org, count(*) AS times, max(l.at) AS last_at
FROM ledger l
WHERE l.campaign = %(campaign)s AND l.version > %(since)s AND l.version < %(version)s
GROUP BY l.kind, l.org
ORDER BY l.kind, l.org
