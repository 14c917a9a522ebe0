-- A page of imports and running pushes, newest first.
SELECT
    i.id, i.org, i.dataset, i.mode, i.dry_run, i.reason, i.undoes, i.state, i.media_type, i.body_bytes, i.body_sha256, i.idempotency_key,
    i.version AS data_version, i.changed, i.at, i.actor, i.counts, i.rows_done
FROM (
    SELECT
        campaign, id, org, dataset, mode, dry_run, reason, undoes, state, media_type, body_bytes, body_sha256, idempotency_key, version,
        changed, at, actor, counts, (counts ->> 'received')::int + (counts ->> 'blank')::int AS rows_done
    FROM import
    UNION ALL
    SELECT
        campaign, id, org, dataset, mode, dry_run, reason, NULL, 'running', media_type, body_bytes, body_sha256, idempotency_key,
        version, false, at, actor, %(no_counts)s, rows_done
    FROM running_import
    WHERE beat_at BETWEEN %(since)s AND %(until)s
) i
WHERE i.campaign = %(campaign)s
    AND (%(org)s::text IS NULL OR i.org = %(org)s)
    AND (%(idempotency_key)s::text IS NULL OR i.idempotency_key = %(idempotency_key)s)
    AND (%(state)s::text IS NULL OR i.state = %(state)s)
    AND (%(after_id)s::uuid IS NULL OR i.id < %(after_id)s::uuid)
ORDER BY i.id DESC
LIMIT %(limit)s
