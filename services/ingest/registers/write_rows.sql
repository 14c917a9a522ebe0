-- Writes the rows that are new or changed; the others are not touched.
INSERT INTO register_row (campaign, org, month, register, key, area, version, body)
SELECT %(campaign)s, %(org)s, s.month, %(register)s, s.key, s.area, %(version)s, s.body
FROM register_stage s
LEFT JOIN register_row r
    ON r.campaign = %(campaign)s AND r.org = %(org)s AND r.month = s.month AND r.register = %(register)s AND r.key = s.key
WHERE r.key IS NULL OR r.area <> s.area OR r.body <> s.body
ON CONFLICT (campaign, org, month, register, key)
DO UPDATE SET area = excluded.area, version = excluded.version, body = excluded.body
