-- The months, latest first, up to a month, whose register of key places an organisation has submitted at least once.
SELECT DISTINCT s.month
FROM submission s
WHERE s.campaign = %(campaign)s AND s.org = %(org)s AND s.month <= %(month)s AND s.state IN ('submitted', 'accepted')
    AND EXISTS (
        SELECT FROM register_row r
        WHERE r.campaign = %(campaign)s AND r.org = %(org)s AND r.month = s.month AND r.register = 'key_places'
    )
ORDER BY s.month DESC
