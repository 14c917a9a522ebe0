-- The submitted cases of all organisations but one case, with what is compared and shown of them.
-- Binds: campaign, id (of the case that they are compared with).
SELECT c.id, c.org, c.title, c.applicant, c.credit_code, c.state
FROM case_file c
WHERE c.campaign = %(campaign)s AND c.id <> %(id)s AND c.state NOT IN ('draft', 'withdrawn')
