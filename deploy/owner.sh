#!/bin/bash
# Runs once, when the database volume is new. Creates the role that owns the schema; it is not a superuser,
# so that row-level security applies to it too.
set -euo pipefail
: "${GIGACITY_OWNER_PASSWORD:?is not set: see the top of docker-compose.yml}"

psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --set "password=$GIGACITY_OWNER_PASSWORD" <<'SQL'
CREATE ROLE gigacity LOGIN CREATEROLE PASSWORD :'password';
CREATE DATABASE gigacity OWNER gigacity;
SQL
