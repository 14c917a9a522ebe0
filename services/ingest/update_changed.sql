-- Gives changed counts their new value. A note goes with the value it explains: a new value without one clears it.
UPDATE observation o
SET value = s.value, note = s.note, version = %(version)s
FROM stage s
WHERE o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = s.month AND o.metric = s.metric AND o.area = s.area
    AND (o.value <> s.value OR (s.note IS NOT NULL AND s.note IS DISTINCT FROM o.note))
