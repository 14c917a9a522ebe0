-- Copies the rows that the push takes back into the history: those of its month that it does not name.
INSERT INTO register_row_history (campaign, org, month, register, key, version, until, area, body)
SELECT r.campaign, r.org, r.month, r.register, r.key, r.version, %(version)s, r.area, r.body
FROM register_row r
LEFT JOIN register_stage s ON s.month = r.month AND s.key = r.key
WHERE r.campaign = %(campaign)s AND r.org = %(org)s AND r.month = ANY(%(months)s::date[]) AND r.register = %(register)s
    AND s.key IS NULL
