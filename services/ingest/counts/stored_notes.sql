-- The counts that an organisation reports itself in a month, each with its note.
SELECT o.metric, o.area, o.value, o.note
FROM observation o
WHERE o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = %(month)s AND o.metric <> ALL(%(derived)s::int[])
