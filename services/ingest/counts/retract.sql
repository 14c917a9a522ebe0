-- Moves the counts that a replacing push does not repeat, of its organisation and month, into the history, ending at the push's version.
-- Those that registers derive stay.
WITH retracted AS (
    DELETE FROM observation o
    WHERE o.campaign = %(campaign)s AND o.org = %(org)s AND o.month = %(month)s AND o.metric <> ALL(%(derived)s)
        AND (o.metric, o.area) NOT IN (
            SELECT p.metric, unnest(p.areas::int[]) FROM unnest(%(metrics)s::int[], %(areas)s::text[]) AS p (metric, areas)
        )
    RETURNING o.campaign, o.org, o.month, o.metric, o.area, o.version, o.value, o.note
)
INSERT INTO observation_history (campaign, org, month, metric, area, version, until, value, note)
SELECT g.campaign, g.org, g.month, g.metric, g.area, g.version, %(version)s, g.value, g.note
FROM retracted g
