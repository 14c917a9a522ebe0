"""`gigacity restore`: a backup into an empty database, all of it or nothing."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import psycopg
import typer
from psycopg import sql
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from cli.backup import tables
from cli.backup.archive import BackupError, BackupReader
from cli.backup.create import describe
from cli.campaign import operator_name
from cli.migrate import migrate
from cli.postgres.database_urls import DatabaseUrls, open_database
from cli.postgres.preconditions import require_suitable_database
from migrations import run
from shared.campaign.definition import EVERYBODY
from shared.database import audit
from shared.settings import SERVICES, Settings

_TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
_ROLES = "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)"
_SCOPE = "SELECT version FROM gigacity_begin(%s, %s, 'own')"


def check_backup(file: Path) -> None:
    """Say whether a backup is whole, and what it holds. Raises BackupError."""
    with _opened(file) as opened:
        found = BackupReader(opened)
        found.check()
        describe(file, found.manifest)


def restore_backup(settings: Settings, file: Path) -> None:
    """Bring a backup into an empty database. Raises BackupError or UnfitError, and leaves the database empty then."""
    with _opened(file) as opened:
        found = BackupReader(opened)
        _refuse_unknown(found)
        found.check()
        with open_database(settings) as urls:
            roles = settings.service_roles()
            require_suitable_database(urls.owner, roles)
            _refuse_taken(urls, roles)
            load_backup(urls.owner, roles, found)
            try:
                _finish(urls, roles, found)
            except (psycopg.Error, ValueError) as error:
                raise BackupError(
                    f"everything is restored, at schema {found.manifest.schema_revision}, but then: {error}"
                    "\nput that right and run `gigacity migrate`; do not restore again"
                ) from error
        describe(file, found.manifest)
        _warn(settings, found)


def load_backup(owner: str, roles: Mapping[str, str], backup: BackupReader) -> None:
    """Schema, rows and their verification in one transaction: whatever fails, the database stays empty. Raises BackupError."""
    engine = create_engine(owner.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)
    try:
        with engine.begin() as transaction:
            connection: psycopg.Connection = transaction.connection.driver_connection  # type: ignore[assignment]
            _refuse_unless_empty(connection)
            run.upgrade_within(transaction, roles, backup.manifest.schema_revision)
            tables.configure_session(connection)  # after the migrations, which set timeouts of their own
            _load(connection, backup)
    except (psycopg.Error, DBAPIError) as error:
        raise BackupError(f"the database refused, and nothing was restored: {error}") from error


def _load(connection: psycopg.Connection, backup: BackupReader) -> None:
    contents = {content.table: content for content in backup.manifest.tables}
    expected = tables.list_tables(connection)
    if {table.name: table.columns for table in expected} != {name: content.columns for name, content in contents.items()}:
        raise BackupError(f"the file's tables are not those of schema {backup.manifest.schema_revision}: nothing was restored")
    for table in expected:
        if table.forced:
            connection.execute(table.force(on=False))  # COPY loads no table that has row-level security for its user
        with backup.rows(contents[table.name]) as pieces, connection.cursor() as cursor, cursor.copy(table.copy_in()) as rows:
            for piece in pieces:
                rows.write(piece)
    for table in expected:
        content = contents[table.name]
        tally = tables.copy_rows(connection, table, None, sink=len)
        if (tally.rows, tally.sha256) != (content.rows, content.sha256):
            raise BackupError(
                f"{table.name} read back differs from the file ({tally.rows} rows of {content.rows}): nothing was restored"
            )
        if table.forced:
            connection.execute(table.force(on=True))


def _refuse_unknown(backup: BackupReader) -> None:
    made_by, revision = backup.manifest.product, backup.manifest.schema_revision
    if not run.known(revision):
        raise BackupError(
            f"the file was made by gigacity {made_by} at schema {revision}, which this release does not know: use that one"
        )


def _refuse_unless_empty(connection: psycopg.Connection) -> None:
    found = sorted(name for (name,) in connection.execute(_TABLES))
    if found:
        raise BackupError(
            f"the database is not empty, it has {len(found)} tables ({', '.join(found[:3])} …): nothing was restored."
            " Restore into a new GIGACITY_HOME or an empty database, before any `gigacity migrate` or `gigacity up`"
        )


def _refuse_taken(urls: DatabaseUrls, roles: Mapping[str, str]) -> None:
    """Let pass only roles that are not there yet or whose password we have: another one would lock out whoever uses them."""
    with psycopg.connect(urls.owner) as connection:
        there = {name for (name,) in connection.execute(_ROLES, [list(roles.values())])}
    for service in SERVICES:
        if roles[service] not in there:
            continue
        try:
            psycopg.connect(urls.services[service], connect_timeout=10).close()
        except psycopg.OperationalError as error:
            raise BackupError(
                f"the server has a role {roles[service]} already, and it has another password: a restore would change it for"
                " whoever uses it. Set GIGACITY_ROLE_PREFIX to another name, or"
                f" GIGACITY_{service.upper()}_DATABASE_URL to its address, or drop the role if nobody does"
            ) from error


def _finish(urls: DatabaseUrls, roles: Mapping[str, str], backup: BackupReader) -> None:
    """Bring the schema up to this release, let the services log in, plan for what is there, and enter it in the audit."""
    migrate(urls, roles)
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        for table in tables.list_tables(connection):
            connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table.name)))
    asyncio.run(_enter(urls.owner, backup))


async def _enter(owner: str, backup: BackupReader) -> None:
    async with await psycopg.AsyncConnection.connect(owner) as connection:
        for one in backup.manifest.campaigns:
            await connection.execute(_SCOPE, [one.campaign, EVERYBODY])
            await audit.record(
                connection,
                campaign=one.campaign,
                org=EVERYBODY,
                actor=operator_name(),
                operation="restore",
                subject=f"backup of {backup.manifest.taken_at.isoformat()}",
                request_id="",
                now=datetime.now(UTC),
            )


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    try:
        opened = file.open("rb")
    except OSError as error:
        raise BackupError(f"{file} cannot be read: {error.strerror}") from error
    with opened:
        yield opened


def _warn(settings: Settings, backup: BackupReader) -> None:
    """Say what a restore cannot bring back."""
    key = settings.key_encryption_key_file or settings.home / "key_encryption_key"
    if key.exists():
        sealed = f"{key} is there: if it is not the one of the backup, clients have to ask for new tokens"
    else:
        sealed = f"{key} is not there: put the old one there before the first start, or clients have to ask for new tokens"
    typer.echo(
        f"""
All rows were read back and equal the file's. Now:
  {sealed}
  what came after {backup.manifest.taken_at:%Y-%m-%d %H:%M:%S}Z is not there: ask for it again; repeating a push never hurts
  clients that were revoked or rotated since then have their old secrets again: see `gigacity client list`
  data versions given out since then are given out again: whoever kept answers of those should ask anew""",
        err=True,
    )
