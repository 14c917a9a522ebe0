-- Number of recorded reminders that match the filters, on all pages.
SELECT count(*)
FROM sent_reminder r
WHERE r.campaign = %(campaign)s
    AND (%(month)s::date IS NULL OR r.month = %(month)s)
    AND (%(org)s::text IS NULL OR r.to_org = %(org)s)
