-- The number of imports that pass the filters, over all pages.
SELECT count(*)
FROM (
    SELECT campaign, org, idempotency_key, state FROM import
    UNION ALL
    SELECT campaign, org, idempotency_key, 'running' FROM running_import WHERE beat_at BETWEEN %(since)s AND %(until)s
) i
WHERE i.campaign = %(campaign)s
    AND (%(org)s::text IS NULL OR i.org = %(org)s)
    AND (%(idempotency_key)s::text IS NULL OR i.idempotency_key = %(idempotency_key)s)
    AND (%(state)s::text IS NULL OR i.state = %(state)s)
