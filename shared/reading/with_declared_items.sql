-- Items of a kind, and those that are there without a row. `item_table` is the table of the kind, `item_columns` its columns,
-- `stored_items` the statement of the items that have a row. Binds: declared (JSON).
WITH stored AS (stored_items)
SELECT item_columns
FROM stored i
UNION ALL
SELECT item_columns
FROM jsonb_populate_recordset(CAST(NULL AS item_table), CAST(:declared AS jsonb)) i
WHERE NOT EXISTS (SELECT FROM stored s WHERE s.org = i.org AND s.id = i.id)
