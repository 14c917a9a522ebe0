-- Every table of the schema with its columns, primary key and parents; without the migrations' own table.
SELECT c.relname::text AS name,
    array(SELECT a.attname::text FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum) AS columns,
    array(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY AS k (number, position)
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number ORDER BY k.position) AS key,
    array(SELECT a.attname::text FROM pg_attribute a
          WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey) AND a.attcollation <> 0) AS text_keys,
    array(SELECT f.confrelid::regclass::text FROM pg_constraint f
          WHERE f.conrelid = c.oid AND f.contype = 'f' AND f.confrelid <> c.oid) AS parents,
    c.relrowsecurity AS by_campaign,
    c.relforcerowsecurity AS forced
FROM pg_class c
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND c.relname <> 'alembic_version'
ORDER BY c.relname COLLATE "C"
