-- The latest report with its content.
SELECT r.number, r.month, r.version, r.issued_at, f.content
FROM report r
JOIN report_file f ON f.campaign = %(campaign)s AND f.number = r.number AND f.ending = 'json'
WHERE r.campaign = %(campaign)s
ORDER BY r.number DESC
LIMIT 1
