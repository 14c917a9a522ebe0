-- How many versions of the definition there are.
-- Binds: campaign.
SELECT count(*)
FROM definition d
WHERE d.campaign = %(campaign)s
