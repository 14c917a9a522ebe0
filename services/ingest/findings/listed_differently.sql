-- Things that stand on several organisations' lists of a month and are not the same on all of them: a row for each list, with the
-- area and some columns. Runs with reach campaign. Sorted once: a join would trust what the planner believes of the table's size.
-- Binds: campaign, month, register, keepers in the order in which their word holds, columns.
SELECT l.key, l.org, l.area, l.said
FROM (
    SELECT s.key, s.org, s.area, s.said, count(*) OVER w AS lists,
        min(s.area) OVER w <> max(s.area) OVER w OR min(s.said) OVER w <> max(s.said) OVER w AS differs
    FROM (
        SELECT r.key, r.org, r.area, ARRAY(
            SELECT r.body ->> c.name FROM unnest(%(columns)s::text[]) WITH ORDINALITY AS c (name, place) ORDER BY c.place
        ) AS said
        FROM register_row r
        WHERE r.campaign = %(campaign)s AND r.org = ANY(%(keepers)s::text[]) AND r.month = %(month)s
            AND r.register = %(register)s
    ) s
    WINDOW w AS (PARTITION BY s.key)
) l
WHERE l.lists > 1 AND l.differs
ORDER BY l.key, array_position(%(keepers)s::text[], l.org)
