-- The approved cases that count for a month at a data version, with who approved each and when, by approval date.
-- Binds: campaign, version, month (first day), latest (only so many, the latest; null: all).
SELECT c.id, c.title, c.applicant, c.domain, c.org, c.area, c.approved_on,
    c.ended_on, c.approved_version AS data_version, l.at, l.actor AS client
FROM (
    SELECT c.id, c.title, c.applicant, c.domain, c.org, c.area, c.approved_on, c.approved_version,
        coalesce(m.merged_on, CASE WHEN c.ended_version <= %(version)s THEN c.ended_on END) AS ended_on
    FROM case_file c
    LEFT JOIN undone_merge m ON m.campaign = c.campaign AND m.org = c.org AND m.case_id = c.id
        AND m.merged_version <= %(version)s AND m.undone_version > %(version)s
    WHERE c.campaign = %(campaign)s AND c.approved_version <= %(version)s
        AND c.approved_on < %(month)s::date + interval '1 month'
        AND (c.ended_version IS NULL OR c.ended_version > %(version)s OR c.ended_on >= %(month)s::date + interval '1 month')
        AND (m.merged_on IS NULL OR m.merged_on >= %(month)s::date + interval '1 month')
    ORDER BY c.approved_on DESC, c.id DESC
    LIMIT %(latest)s
) c
JOIN ledger l ON l.campaign = %(campaign)s AND l.version = c.approved_version
ORDER BY c.approved_on, c.id
