-- The moves of a case, oldest first. Binds: campaign, org (of the case), id.
SELECT m.revision, m.move, m.state, m.by_org AS org, m.at, m."on", m.reason
FROM case_move m
WHERE m.campaign = %(campaign)s AND m.org = %(org)s AND m.case_id = %(id)s
ORDER BY m.revision
