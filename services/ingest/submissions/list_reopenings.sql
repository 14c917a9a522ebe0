-- The reopening requests for a month, oldest first, or one of them.
SELECT
    r.id, r.org, r.month, r.state, r.cells, coalesce(r.registers, '[]') AS registers, r.reason, r.asked_at, r.decided_at,
    r.decided_org, r.decision
FROM reopening r
WHERE r.campaign = %(campaign)s AND r.org = %(org)s AND r.month = %(month)s
    AND (%(id)s::uuid IS NULL OR r.id = %(id)s)
    AND (%(after_id)s::uuid IS NULL OR r.id > %(after_id)s)
ORDER BY r.id
LIMIT %(limit)s
