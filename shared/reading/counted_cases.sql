-- The approved cases that count for some months at a data version, with who approved each and when: a row for each case and
-- month, by approval date.
-- Binds: campaign, version, months (first days).
SELECT m.month, c.id, c.title, c.applicant, c.domain, c.org, c.area, c.approved_on,
    CASE WHEN c.ended_version <= %(version)s THEN c.ended_on END AS ended_on,
    c.approved_version AS data_version, l.at, l.actor AS client
FROM unnest(%(months)s::date[]) AS m (month)
JOIN case_file c ON c.campaign = %(campaign)s AND c.approved_version <= %(version)s
    AND c.approved_on < m.month + interval '1 month'
    AND (c.ended_version IS NULL OR c.ended_version > %(version)s OR c.ended_on >= m.month + interval '1 month')
JOIN ledger l ON l.campaign = %(campaign)s AND l.version = c.approved_version
ORDER BY m.month, c.approved_on, c.id
