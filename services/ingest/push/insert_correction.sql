-- Enters the correction in the challenge's history.
INSERT INTO item_move (campaign, org, kind, item_id, revision, move, state, by_org, actor, at, reason, details, before, after)
VALUES (
    %(campaign)s, %(org)s, 'challenge', %(id)s, %(revision)s, %(move)s, %(state)s, %(org)s, %(actor)s, %(at)s, %(reason)s, %(details)s,
    %(before)s, %(after)s
)
