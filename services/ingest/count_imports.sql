-- How many pushes a question has over all its pages.
SELECT count(*)
FROM import i
WHERE i.campaign = %(campaign)s
    AND (%(org)s::text IS NULL OR i.org = %(org)s)
    AND (%(idempotency_key)s::text IS NULL OR i.idempotency_key = %(idempotency_key)s)
    AND (%(state)s::text IS NULL OR i.state = %(state)s)
