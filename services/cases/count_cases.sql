-- Number of cases on all pages of the list. Binds as in list_cases.
SELECT count(*)
FROM case_file c
WHERE c.campaign = %(campaign)s
  AND (c.org = %(reader)s OR c.state = ANY (%(visible_states)s::text[]))
  AND (%(state)s::text IS NULL OR c.state = %(state)s)
  AND (%(domain)s::text IS NULL OR c.domain = %(domain)s)
  AND (%(org)s::text IS NULL OR c.org = %(org)s)
