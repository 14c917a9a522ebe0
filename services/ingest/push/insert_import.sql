-- Records a push with the answer it gets.
INSERT INTO import (
    campaign, org, id, dataset, mode, dry_run, reason, undoes, state, media_type, body_bytes, body_sha256, request_sha256, idempotency_key,
    version, changed, at, actor, counts, document
)
VALUES (
    %(campaign)s, %(org)s, %(id)s, %(dataset)s, %(mode)s, %(dry_run)s, %(reason)s, %(undoes)s, %(state)s, %(media_type)s, %(body_bytes)s,
    %(body_sha256)s, %(request_sha256)s, %(idempotency_key)s, %(version)s, %(changed)s, %(at)s, %(actor)s, %(counts)s, %(document)s
)
