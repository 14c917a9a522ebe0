-- A page of cases in the order of their ids, which sort by time.
-- Binds: campaign, reader (its own cases are always visible), visible_states (of cases of other organisations), filters,
-- after_id, limit.
SELECT c.id, c.org, c.title, c.domain, c.applicant, c.summary, c.area, c.state,
       c.approved_on, c.approved_version, c.ended_on, c.ended_version, c.revision, c.created_at, c.updated_at
FROM case_file c
WHERE c.campaign = %(campaign)s
  AND (c.org = %(reader)s OR c.state = ANY (%(visible_states)s::text[]))
  AND (%(state)s::text IS NULL OR c.state = %(state)s)
  AND (%(domain)s::text IS NULL OR c.domain = %(domain)s)
  AND (%(org)s::text IS NULL OR c.org = %(org)s)
  AND (%(after_id)s::uuid IS NULL OR c.id > %(after_id)s::uuid)
ORDER BY c.id
LIMIT %(limit)s
