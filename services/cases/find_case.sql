-- One case, if the reader may see it.
-- Binds: campaign, reader (its own cases are always visible), visible_states (of cases of other organisations), id.
SELECT c.id, c.org, c.title, c.domain, c.applicant, c.summary, c.area, c.state,
       c.approved_on, c.approved_version, c.ended_on, c.ended_version, c.revision, c.created_at, c.updated_at
FROM case_file c
WHERE c.campaign = %(campaign)s
  AND c.id = %(id)s
  AND (c.org = %(reader)s OR c.state = ANY (%(visible_states)s::text[]))
