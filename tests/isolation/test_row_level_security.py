"""With the application's filter removed, row-level security still lets nothing through."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from cli.postgres.database_urls import DatabaseUrls
from shared.database.database import Database, Scope
from shared.database.sql import statement
from tests.fixtures_campaign import LIANGJIANG, NATIONAL
from tests.fixtures_campaign_api import CampaignApi
from tests.fixtures_postgres import OpenDatabase

ORG_TABLES = ("observation", "observation_history", "import", "import_error", "submission", "reopening", "idempotency")
INSERT_OBSERVATION = """
INSERT INTO observation (campaign, org, month, metric, area, value, version) VALUES (%s, %s, '2022-01-01', 1, 1, 1, 1)
"""


async def _counted(database: Database, scope: Scope, tables: Iterable[str] = ORG_TABLES) -> dict[str, dict[str, int]]:
    """Rows of each organisation that a transaction sees, asked without any filter."""
    async with database.read(scope) as snapshot:
        found: dict[str, dict[str, int]] = {}
        for table in tables:
            rows = await snapshot.connection.execute(f'SELECT org, count(*) FROM "{table}" GROUP BY org')
            found[table] = dict(await rows.fetchall())
    return found


@pytest.mark.usefixtures("rivals")
async def test_without_the_applications_filter_row_level_security_hides_the_others(open_database: OpenDatabase) -> None:
    ingest = await open_database("ingest")

    alone = await _counted(ingest, Scope(LIANGJIANG, "telecom"))
    everybody = await _counted(ingest, Scope(LIANGJIANG, "economy", "campaign"))
    elsewhere = await _counted(ingest, Scope(NATIONAL, "telecom", "campaign"))

    assert {table: set(orgs) for table, orgs in alone.items()} == {table: {"telecom"} for table in ORG_TABLES}
    assert {table: set(orgs) for table, orgs in everybody.items()} == {table: {"telecom", "mobile"} for table in ORG_TABLES}
    assert elsewhere == {table: {} for table in ORG_TABLES}
    for table in ORG_TABLES:
        assert alone[table]["telecom"] == everybody[table]["telecom"]


@pytest.mark.usefixtures("rivals")
async def test_the_services_own_statements_without_an_organisation_show_ones_own_only(open_database: OpenDatabase) -> None:
    ingest = await open_database("ingest")
    now = datetime.now(UTC)
    no_filter: dict[str, Any] = dict.fromkeys(("org", "state", "idempotency_key", "after_id"))
    binds = no_filter | {"campaign": LIANGJIANG, "limit": 100, "since": now, "until": now, "no_counts": Jsonb({})}
    sql = statement("services.ingest.imports", "list_imports")

    async with ingest.read(Scope(LIANGJIANG, "telecom")) as own:
        mine = await (await own.connection.execute(sql, binds)).fetchall()
    async with ingest.read(Scope(LIANGJIANG, "telecom", "campaign")) as campaign:
        every = await (await campaign.connection.execute(sql, binds)).fetchall()

    assert {row[1] for row in mine} == {"telecom"}
    assert {row[1] for row in every} == {"telecom", "mobile"}


@pytest.mark.usefixtures("rivals")
async def test_the_sessions_role_could_not_look_past_row_level_security(open_database: OpenDatabase) -> None:
    for service in ("identity", "ingest", "indicators", "cases"):
        async with (await open_database(service)).read(Scope(LIANGJIANG, "telecom")) as snapshot:
            (role, superuser, bypasses, inherits) = await _one(
                snapshot.connection,
                """
                SELECT current_user, rolsuper, rolbypassrls, EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid)
                FROM pg_roles r WHERE rolname = current_user
                """,
            )
            (owned,) = await _one(
                snapshot.connection,
                """
                SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
                WHERE r.rolname = current_user AND c.relnamespace = 'public'::regnamespace
                """,
            )
            (session,) = await _one(snapshot.connection, "SELECT session_user")

        assert role == session
        assert (superuser, bypasses, inherits, owned) == (False, False, False, 0)


async def _one(connection: psycopg.AsyncConnection, sql: str, *binds: object) -> tuple[Any, ...]:
    row = await (await connection.execute(sql, binds)).fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize("reach", ["own", "campaign"])
async def test_rows_of_another_organisation_or_campaign_cannot_be_written(
    rivals: CampaignApi, open_database: OpenDatabase, reach: Any
) -> None:
    ingest, scope = await open_database("ingest"), Scope(LIANGJIANG, "telecom", reach)

    for campaign, org in ((LIANGJIANG, "mobile"), (NATIONAL, "telecom")):
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
            async with ingest.write(scope) as connection:
                await connection.execute(INSERT_OBSERVATION, [campaign, org])
    for table, change in (("observation", "value = 0"), ("submission", "until = 1")):
        async with ingest.write(scope) as connection:
            touched = await connection.execute(f"UPDATE {table} SET {change} WHERE org = 'mobile'")
            assert (table, touched.rowcount) == (table, 0)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"):
        async with ingest.write(scope) as connection:
            await connection.execute("UPDATE observation SET org = 'mobile', month = '2022-01-01'")

    assert {row["value"] for row in (await rivals.get_ok("/v1/observations", "mobile"))["items"]} == {71}
    async with ingest.write(scope) as connection:
        await connection.execute(INSERT_OBSERVATION, [LIANGJIANG, "telecom"])


@pytest.mark.usefixtures("rivals")
async def test_history_and_records_cannot_be_deleted_nor_rewritten(open_database: OpenDatabase) -> None:
    ingest = await open_database("ingest")
    for sql in (
        "DELETE FROM observation_history",
        "UPDATE observation_history SET value = 0",
        "UPDATE ledger SET actor = 'x'",
        'UPDATE "import" SET state = state',
        "UPDATE idempotency SET status = 200",
        "DELETE FROM audit",
        "SELECT * FROM audit",
        "SELECT secret_hash FROM client",
        "TRUNCATE observation",
        "ALTER TABLE observation DISABLE ROW LEVEL SECURITY",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            async with ingest.write(Scope(LIANGJIANG, "telecom")) as connection:
                await connection.execute(sql)


@pytest.mark.usefixtures("rivals")
async def test_the_reading_service_can_write_nothing(open_database: OpenDatabase) -> None:
    indicators = await open_database("indicators")

    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with indicators.write(Scope(LIANGJIANG, "telecom")) as connection:
            await connection.execute(INSERT_OBSERVATION, [LIANGJIANG, "telecom"])
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        async with (await open_database("ingest")).read(Scope(LIANGJIANG, "telecom")) as snapshot:
            await snapshot.connection.execute(INSERT_OBSERVATION, [LIANGJIANG, "telecom"])


@pytest.mark.usefixtures("rivals")
async def test_without_a_scope_nothing_is_seen_and_a_pooled_connection_keeps_none(urls: DatabaseUrls) -> None:
    tables = (*ORG_TABLES, "campaign", "ledger", "definition", "code_number")

    async def seen(database: Database) -> set[int]:
        async with database.unscoped() as connection:
            return {(await _one(connection, f'SELECT count(*) FROM "{table}"'))[0] for table in tables}

    async with Database(urls.services["ingest"], application_name="test", pool_size=1) as ingest:
        assert await seen(ingest) == {0}  # no setting at all
        async with ingest.read(Scope(LIANGJIANG, "telecom", "campaign")) as snapshot:
            assert (await _one(snapshot.connection, "SELECT count(*) FROM observation"))[0] > 0
        assert await seen(ingest) == {0}  # the same connection, after a scope that ended
        async with ingest.write(Scope(LIANGJIANG, "telecom")) as connection:
            await connection.execute(INSERT_OBSERVATION, [LIANGJIANG, "telecom"])
        assert await seen(ingest) == {0}
        with pytest.raises(psycopg.errors.DivisionByZero):
            async with ingest.write(Scope(LIANGJIANG, "telecom")) as connection:
                await connection.execute("SELECT 1 / 0")
        assert await seen(ingest) == {0}


@pytest.mark.usefixtures("rivals")
async def test_a_session_keeps_no_scope_either(urls: DatabaseUrls) -> None:
    async with Database(urls.services["cases"], application_name="test", pool_size=1) as cases:
        async with cases.session(Scope(LIANGJIANG, "telecom", "campaign")) as session:
            bind = await session.connection()
            assert (await bind.exec_driver_sql("SELECT count(*) FROM campaign")).scalar() == 1
        async with cases.session(None) as session:
            bind = await session.connection()
            assert (await bind.exec_driver_sql("SELECT count(*) FROM campaign")).scalar() == 0
