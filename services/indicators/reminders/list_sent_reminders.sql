-- Recorded reminders that match the filters (null: no filter), newest first, older than the id `after_id`.
SELECT r.id, r.month, r.to_org AS org, r.channel, r.text, r.open_cells, r.sent_at, r.logged_at, r.org AS by_org, r.client
FROM sent_reminder r
WHERE r.campaign = %(campaign)s
    AND (%(id)s::uuid IS NULL OR r.id = %(id)s)
    AND (%(month)s::date IS NULL OR r.month = %(month)s)
    AND (%(org)s::text IS NULL OR r.to_org = %(org)s)
    AND (%(after_id)s::uuid IS NULL OR r.id < %(after_id)s::uuid)
ORDER BY r.id DESC
LIMIT %(limit)s
