-- Copies the counts that a replacing push takes back into the history, ending at the push's version: those of its organisation
-- and month that it does not name, except what registers derive.
INSERT INTO observation_history (campaign, org, month, metric, area, version, until, value, note)
SELECT o.campaign, o.org, o.month, o.metric, o.area, o.version, %(version)s, o.value, o.note
FROM observation o
LEFT JOIN stage s ON s.month = o.month AND s.metric = o.metric AND s.area = o.area
WHERE o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = %(month)s AND o.metric <> ALL(%(derived)s) AND s.month IS NULL
