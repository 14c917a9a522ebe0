-- Records that are in the registers of several organisations and differ between them: a row for each register, with its area and
-- some columns. Runs with reach campaign. It sorts once instead of joining, because the planner underestimates the table.
-- Binds: campaign, month, register, keepers in the definition's order, columns.
SELECT l.key, l.org, l.area, l.texts
FROM (
    SELECT s.key, s.org, s.area, s.texts, count(*) OVER w AS lists,
        min(s.area) OVER w <> max(s.area) OVER w OR min(s.texts) OVER w <> max(s.texts) OVER w AS differs
    FROM (
        SELECT r.key, r.org, r.area, ARRAY(
            SELECT r.body ->> c.name FROM unnest(%(columns)s::text[]) WITH ORDINALITY AS c (name, position) ORDER BY c.position
        ) AS texts
        FROM register_row r
        WHERE r.campaign = %(campaign)s AND r.org = ANY(%(keepers)s::text[]) AND r.month = %(month)s
            AND r.register = %(register)s
    ) s
    WINDOW w AS (PARTITION BY s.key)
) l
WHERE l.lists > 1 AND l.differs
ORDER BY l.key, array_position(%(keepers)s::text[], l.org)
