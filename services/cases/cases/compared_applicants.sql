-- The names of the applicants of submitted cases, of all organisations. Binds: campaign.
SELECT coalesce(array_agg(DISTINCT c.applicant), '{}')
FROM case_file c
WHERE c.campaign = %(campaign)s AND c.state NOT IN ('draft', 'withdrawn')
