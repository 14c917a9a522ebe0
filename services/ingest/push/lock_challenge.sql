-- A challenge, locked until the push ends.
SELECT c.id, c.month, c.metric, c.area, c.value, c.state, c.due, c.decision_due, c.corrected_by, c.revision
FROM challenge c
WHERE c.campaign = %(campaign)s AND c.org = %(org)s AND c.id = %(id)s
FOR UPDATE
