-- The requests to reopen a month that were open at the end of a day. Binds: campaign, until (end of the day; NULL: now).
SELECT r.id, r.org, r.month
FROM reopening r
WHERE r.campaign = %(campaign)s
  AND (
      %(until)s::timestamptz IS NULL AND r.state = 'open'
      OR r.asked_at < %(until)s::timestamptz AND (r.decided_at IS NULL OR r.decided_at >= %(until)s::timestamptz)
  )
ORDER BY r.id
