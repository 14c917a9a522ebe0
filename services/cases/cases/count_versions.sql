-- Number of versions on all pages. Binds as in list_versions.
SELECT count(*)
FROM case_version v
WHERE v.campaign = %(campaign)s AND v.org = %(org)s AND v.case_id = %(id)s
