-- Copies every count that an import wrote into the history, ending at the version that takes it back.
INSERT INTO observation_history (campaign, org, month, metric, area, version, until, value, note)
SELECT o.campaign, o.org, o.month, o.metric, o.area, o.version, %(until)s, o.value, o.note
FROM observation o
WHERE o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = ANY(%(months)s) AND o.version = %(version)s
