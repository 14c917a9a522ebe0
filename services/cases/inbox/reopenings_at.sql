-- The requests to reopen a month that were open at a time. Binds: campaign, at (the time; NULL: now).
SELECT r.id, r.org, r.month
FROM reopening r
WHERE r.campaign = %(campaign)s
  AND (
      %(at)s::timestamptz IS NULL AND r.state = 'open'
      OR r.asked_at <= %(at)s::timestamptz AND (r.decided_at IS NULL OR r.decided_at > %(at)s::timestamptz)
  )
ORDER BY r.id
