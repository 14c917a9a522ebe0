-- Copies the counts that the push (portions.py) changes into the history, ending at the push's version.
-- The OFFSET keeps the look-up one by one in the key: the planner knows nothing of what is pushed, and after a bulk load
-- nothing of ours, and would now and then read a whole organisation's counts for each pushed row.
INSERT INTO observation_history (campaign, org, month, metric, area, version, until, value, note)
SELECT o.campaign, o.org, o.month, o.metric, o.area, o.version, %(version)s, o.value, o.note
FROM pushed s
CROSS JOIN LATERAL (
    SELECT * FROM observation
    WHERE campaign = %(campaign)s AND org = %(org)s AND month = s.month AND metric = s.metric AND area = s.area
    OFFSET 0
) o
WHERE o.value <> s.value OR (s.note IS NOT NULL AND s.note IS DISTINCT FROM o.note)
