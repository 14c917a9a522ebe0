-- How many counts a question has over all its pages.
SELECT count(*)
FROM observation o
WHERE o.campaign = %(campaign)s
    AND (%(org)s::text IS NULL OR o.org = %(org)s)
    AND (%(month)s::date IS NULL OR o.month = %(month)s)
    AND (%(metric)s::int IS NULL OR o.metric = %(metric)s)
    AND (%(area)s::int IS NULL OR o.area = %(area)s)
