-- Shows how far a large push is.
INSERT INTO running_import (
    campaign, org, id, dataset, mode, dry_run, reason, media_type, body_bytes, body_sha256, idempotency_key, version, at, actor,
    rows_done, beat_at
)
SELECT
    %(campaign)s, %(org)s, %(id)s, %(dataset)s, %(mode)s, %(dry_run)s, %(reason)s, %(media_type)s, %(body_bytes)s,
    %(body_sha256)s, %(idempotency_key)s, c.version, %(at)s, %(actor)s, %(rows_done)s, %(beat_at)s
FROM campaign c
WHERE c.campaign = %(campaign)s
ON CONFLICT (campaign, org, id) DO UPDATE SET rows_done = excluded.rows_done, beat_at = excluded.beat_at
