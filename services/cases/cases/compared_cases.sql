-- The cases of all organisations in some states but one case that have its credit code or an applicant of some names, with what is
-- compared and shown of them.
-- Binds: campaign, states, id and credit_code (of the case that they are compared with), applicants (names).
SELECT c.id, c.org, c.title, c.applicant, c.credit_code, c.state
FROM case_file c
WHERE c.campaign = %(campaign)s AND c.id <> %(id)s AND c.state = ANY (%(states)s::text[])
  AND (c.credit_code = %(credit_code)s OR c.applicant = ANY (%(applicants)s::text[]))
