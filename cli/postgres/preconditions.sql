-- Server version, encoding and rights of the login. Binds: roles, the services' login roles.
SELECT
    CAST(current_setting('server_version_num') AS integer) / 10000 AS server,
    pg_encoding_to_char(d.encoding) = 'UTF8' AS utf8,
    has_schema_privilege('public', 'CREATE') AS can_create_tables,
    r.rolsuper OR r.rolcreaterole OR NOT EXISTS (
        SELECT unnest(CAST(%(roles)s AS text[])) EXCEPT SELECT CAST(rolname AS text) FROM pg_roles
    ) AS has_roles
FROM pg_database AS d JOIN pg_roles AS r ON r.rolname = current_user
WHERE d.datname = current_database()
