-- The report that a month's report is compared with, with its content: the one that it replaces, or else the latest report of the
-- latest earlier month. Binds: campaign, month (first day).
SELECT r.number, r.month, r.version, r.definition_version, r.issued_at, f.content
FROM report r
JOIN report_file f ON f.campaign = %(campaign)s AND f.number = r.number AND f.ending = 'json'
WHERE r.campaign = %(campaign)s AND r.month <= %(month)s
ORDER BY r.month DESC, r.number DESC
LIMIT 1
