-- A large push that is running: it wrote its progress lately.
SELECT
    r.id, r.org, r.dataset, r.mode, r.dry_run, r.reason, NULL AS undoes, 'running' AS state, r.media_type, r.body_bytes, r.body_sha256,
    r.idempotency_key, false AS changed, r.actor, r.campaign, r.version AS data_version, r.rows_done
FROM running_import r
WHERE r.campaign = %(campaign)s AND r.id = %(id)s AND r.beat_at BETWEEN %(since)s AND %(until)s
