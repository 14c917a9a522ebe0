-- The approved cases that count for a month at a data version, with who approved each and when.
-- Binds: campaign, version, month (first day).
SELECT c.id, c.title, c.applicant, c.domain, c.org, c.area, c.approved_on, c.approved_version AS data_version, l.at, l.actor AS client
FROM case_file c
JOIN ledger l ON l.campaign = %(campaign)s AND l.version = c.approved_version
WHERE c.campaign = %(campaign)s AND c.approved_version <= %(version)s
    AND (c.ended_version IS NULL OR c.ended_version > %(version)s)
    AND c.approved_on < %(month)s::date + interval '1 month'
ORDER BY c.approved_on, c.id
