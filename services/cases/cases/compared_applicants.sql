-- The names of the applicants of cases in some states, of all organisations. Binds: campaign, states.
SELECT coalesce(array_agg(DISTINCT c.applicant), '{}')
FROM case_file c
WHERE c.campaign = %(campaign)s AND c.state = ANY (%(states)s::text[])
