-- A page of the versions of a case. Binds: campaign, org (of the case), id, after_number, limit.
SELECT v.number, v.at
FROM case_version v
WHERE v.campaign = %(campaign)s AND v.org = %(org)s AND v.case_id = %(id)s
  AND (%(after_number)s::int IS NULL OR v.number > %(after_number)s::int)
ORDER BY v.number
LIMIT %(limit)s
