-- Copies the rows that the push changes into the history, ending at the push's version.
INSERT INTO register_row_history (campaign, org, month, register, key, version, until, area, body)
SELECT r.campaign, r.org, r.month, r.register, r.key, r.version, %(version)s, r.area, r.body
FROM register_stage s
JOIN register_row r
    ON r.campaign = %(campaign)s AND r.org = %(org)s AND r.month = s.month AND r.register = %(register)s AND r.key = s.key
WHERE r.area <> s.area OR r.body <> s.body
