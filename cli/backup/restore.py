"""`gigacity restore`: restores a backup into an empty database, completely or not at all."""

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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
from cli.backup.attachments import restore_attachments
from cli.backup.create import describe
from cli.campaign import operator_name
from cli.migrate import excluding_others, migrate
from cli.postgres.database_urls import DatabaseUrls, open_database
from cli.postgres.preconditions import require_suitable_database
from migrations import run
from services.cases.attachments.store import attachment_store
from shared.campaign.blocks import EVERYBODY
from shared.clock import Clock
from shared.database import audit
from shared.settings import SERVICES, Settings

_TABLES = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
"""
_ROLES = "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s)"
_SCOPE = "SELECT version FROM gigacity_begin(%s, %s, 'own')"


def check_backup(file: Path) -> None:
    """Verify a backup and print its contents. Raises BackupError."""
    with _open(file) as binary_file:
        backup = BackupReader(binary_file)
        backup.check()
        describe(file, backup.manifest)


def restore_backup(settings: Settings, file: Path) -> None:
    """Restore a backup into an empty database. Raises BackupError or UnsuitableDatabaseError; the database then stays empty."""
    with _open(file) as binary_file:
        backup = BackupReader(binary_file)
        _refuse_unknown_schema(backup)
        backup.check()
        with open_database(settings, create=True) as urls:
            roles = settings.service_roles()
            with excluding_others(urls):
                require_suitable_database(urls.owner, roles)
                _refuse_roles_in_use(urls, roles)
                restore_attachments(attachment_store(settings), backup)
                load_backup(urls.owner, roles, backup)
            try:
                _finish(urls, roles, backup)
            except (psycopg.Error, ValueError) as error:
                raise BackupError(
                    f"all rows are restored, at schema {backup.manifest.schema_revision}, but the migration failed: {error}"
                    "\ncorrect the cause and run `gigacity migrate`; do not restore again"
                ) from error
        describe(file, backup.manifest)
        _print_advice(settings, backup)


def load_backup(owner: str, roles: Mapping[str, str], backup: BackupReader) -> None:
    """Create the schema, load and verify the rows in one transaction. Raises BackupError; the database then stays empty."""
    engine = create_engine(owner.replace("postgresql://", "postgresql+psycopg://", 1), poolclass=NullPool)
    try:
        with engine.begin() as transaction:
            connection: psycopg.Connection = transaction.connection.driver_connection  # type: ignore[assignment]
            _refuse_unless_empty(connection)
            run.upgrade_in_transaction(transaction, roles, backup.manifest.schema_revision)
            tables.configure_session(connection)  # after the migrations, which set their own timeouts
            _load_rows(connection, backup)
    except (psycopg.Error, DBAPIError) as error:
        raise BackupError(f"the database reported an error, and nothing was restored: {error}") from error


def _load_rows(connection: psycopg.Connection, backup: BackupReader) -> None:
    contents = {content.table: content for content in backup.manifest.tables}
    expected = tables.list_tables(connection)
    if {table.name: table.columns for table in expected} != {name: content.columns for name, content in contents.items()}:
        raise BackupError(f"the file's tables are not those of schema {backup.manifest.schema_revision}: nothing was restored")
    for table in expected:
        if table.forced:
            connection.execute(table.force_statement(on=False))  # COPY cannot load a table with row-level security for the user
        with (
            backup.rows(contents[table.name]) as pieces,
            connection.cursor() as cursor,
            cursor.copy(table.copy_in_statement()) as rows,
        ):
            for piece in pieces:
                rows.write(piece)
    for table in expected:
        content = contents[table.name]
        digest = tables.copy_table(connection, table, None, sink=len)
        if (digest.rows, digest.sha256) != (content.rows, content.sha256):
            raise BackupError(
                f"{table.name} read back differs from the file ({digest.rows} rows of {content.rows}): nothing was restored"
            )
        if table.forced:
            connection.execute(table.force_statement(on=True))


def _refuse_unknown_schema(backup: BackupReader) -> None:
    release, revision = backup.manifest.product, backup.manifest.schema_revision
    if not run.has_revision(revision):
        raise BackupError(
            f"the file was made by gigacity {release} at schema {revision}, which this release does not know: use that release"
        )


def _refuse_unless_empty(connection: psycopg.Connection) -> None:
    names = sorted(name for (name,) in connection.execute(_TABLES))
    if names:
        raise BackupError(
            f"the database is not empty, it has {len(names)} tables ({', '.join(names[:3])} …): nothing was restored."
            " Restore into a new GIGACITY_HOME or an empty database, before any `gigacity migrate` or `gigacity up`"
        )


def _refuse_roles_in_use(urls: DatabaseUrls, roles: Mapping[str, str]) -> None:
    """Raise BackupError if a role exists with another password: the restore would change it and lock out its users."""
    with psycopg.connect(urls.owner) as connection:
        existing_roles = {name for (name,) in connection.execute(_ROLES, [list(roles.values())])}
    for service in SERVICES:
        if roles[service] not in existing_roles:
            continue
        try:
            psycopg.connect(urls.services[service], connect_timeout=10).close()
        except psycopg.OperationalError as error:
            raise BackupError(
                f"the server has a role {roles[service]} already, and it has another password: a restore would change it for"
                " all its users. Set GIGACITY_ROLE_PREFIX to another name, or"
                f" GIGACITY_{service.upper()}_DATABASE_URL to its URL, or drop the role if it is not used"
            ) from error


def _finish(urls: DatabaseUrls, roles: Mapping[str, str], backup: BackupReader) -> None:
    """Migrate the schema to this release, let the services log in, analyse the tables and record the restore in the audit."""
    migrate(urls, roles)
    with psycopg.connect(urls.owner, autocommit=True) as connection:
        for table in tables.list_tables(connection):
            connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table.name)))
    asyncio.run(_audit(urls.owner, backup))


async def _audit(owner: str, backup: BackupReader) -> None:
    async with await psycopg.AsyncConnection.connect(owner) as connection:
        for state in backup.manifest.campaigns:
            await connection.execute(_SCOPE, [state.campaign, EVERYBODY])
            await audit.record(
                connection,
                campaign=state.campaign,
                org=EVERYBODY,
                actor=operator_name(),
                operation="restore",
                subject=f"backup of {backup.manifest.taken_at.isoformat()}",
                request_id="",
                now=Clock.real_now(),
            )


@contextmanager
def _open(file: Path) -> Iterator[BinaryIO]:
    try:
        binary_file = file.open("rb")
    except OSError as error:
        raise BackupError(f"{file} cannot be read: {error.strerror}") from error
    with binary_file:
        yield binary_file


def _print_advice(settings: Settings, backup: BackupReader) -> None:
    """Print what a restore cannot bring back."""
    key = settings.key_encryption_key_file or settings.home / "key_encryption_key"
    if key.exists():
        key_advice = f"{key} exists: if it is not the key of the backup, clients have to request new tokens"
    else:
        key_advice = f"{key} is missing: copy the old key there before the first start, or clients have to request new tokens"
    typer.echo(
        f"""
All rows were read back and equal the file's. Note:
  {key_advice}
  pushes after {backup.manifest.taken_at:%Y-%m-%d %H:%M:%S}Z are missing: ask for them again; repeating a push is safe
  clients that were revoked or rotated since then have their old secrets again: see `gigacity client list`
  data versions created since then will be reused: discard any stored responses that name them""",
        err=True,
    )
