-- Records that a push corrected the challenged count.
UPDATE challenge
SET state = %(state)s, due = %(due)s, decision_due = %(decision_due)s, corrected_by = %(corrected_by)s, revision = %(revision)s,
    updated_at = %(at)s
WHERE campaign = %(campaign)s AND org = %(org)s AND id = %(id)s
