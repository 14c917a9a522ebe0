-- Number of definition versions.
-- Binds: campaign.
SELECT count(*)
FROM definition d
WHERE d.campaign = %(campaign)s
