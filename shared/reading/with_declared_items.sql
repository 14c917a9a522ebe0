-- Items of a kind, and those that are there without a row. `item_table` is the table of the kind, `stored_items` the statement of
-- the items that have a row. Binds: declared (JSON).
WITH stored AS (stored_items)
SELECT s.*
FROM stored s
UNION ALL
SELECT d.*
FROM jsonb_populate_recordset(CAST(NULL AS item_table), CAST(:declared AS jsonb)) d
WHERE NOT EXISTS (SELECT FROM stored s WHERE s.org = d.org AND s.id = d.id)
