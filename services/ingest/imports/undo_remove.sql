-- Removes what undo_keep.sql kept.
DELETE FROM observation o
WHERE o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = ANY(%(months)s) AND o.version = %(version)s
