-- Copies the counts that the push changes into the history, ending at the push's version.
INSERT INTO observation_history (campaign, org, month, metric, area, version, until, value, note)
SELECT o.campaign, o.org, o.month, o.metric, o.area, o.version, %(version)s, o.value, o.note
FROM stage s
JOIN observation o
    ON o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = s.month AND o.metric = s.metric AND o.area = s.area
WHERE o.value <> s.value OR (s.note IS NOT NULL AND s.note IS DISTINCT FROM o.note)
