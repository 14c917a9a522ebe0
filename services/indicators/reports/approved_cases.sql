-- Approved cases that count in a month at a data version, by approval date.
SELECT c.id, c.title, c.domain, c.applicant, c.org, c.area, c.approved_on
FROM case_file c
WHERE c.campaign = %(campaign)s AND c.approved_version <= %(version)s
    AND (c.ended_version IS NULL OR c.ended_version > %(version)s)
    AND c.approved_on < %(month)s + interval '1 month'
ORDER BY c.approved_on, c.id
