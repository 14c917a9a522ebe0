-- Copies the derived counts that change or vanish into the history, ending at the push's version.
INSERT INTO observation_history (campaign, org, month, metric, area, version, until, value, note)
SELECT o.campaign, o.org, o.month, o.metric, o.area, o.version, %(version)s, o.value, o.note
FROM observation o
JOIN (SELECT DISTINCT t.month, t.area FROM register_touched t) t ON t.month = o.month AND t.area = o.area
LEFT JOIN register_count c ON c.org = o.org AND c.month = o.month AND c.metric = o.metric AND c.area = o.area
WHERE o.campaign = %(campaign)s AND o.org IN (%(org)s, '*') AND o.month = ANY(%(months)s::date[])
    AND o.metric = ANY(%(metrics)s::int[]) AND o.value IS DISTINCT FROM c.value
