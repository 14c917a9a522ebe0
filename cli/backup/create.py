"""`gigacity backup`: one consistent file of everything in the database, taken while the services run."""

from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psycopg
import typer
from psycopg import IsolationLevel, sql

from cli.backup import tables
from cli.backup.archive import BackupError, BackupWriter, CampaignState, Manifest, TableContent, new_file
from cli.backup.tables import copy_rows
from cli.postgres.database_urls import open_database
from cli.postgres.embedded import Embedded
from migrations import run
from shared.settings import Settings

_REVISION = "SELECT version_num FROM alembic_version"
_LISTED = """
SELECT FROM pg_policy p, unnest(p.polroles) AS role
WHERE p.polrelid = 'public.campaign'::regclass AND p.polname = 'owner_lists' AND pg_has_role(role, 'USAGE')
"""
_CAMPAIGNS = 'SELECT campaign, version, definition_version FROM campaign ORDER BY campaign COLLATE "C"'


def create_backup(settings: Settings, file: Path) -> None:
    """Write a backup and say what is in it. Raises BackupError."""
    if settings.database_url is None and not Embedded(settings.home).data.exists():
        raise BackupError(f"there is no database in {settings.home}: set GIGACITY_HOME or GIGACITY_DATABASE_URL")
    with new_file(file) as opened, open_database(settings) as urls:
        manifest = write_backup(urls.owner, BackupWriter(opened))
    describe(file, manifest)
    _warn(settings)


def write_backup(owner: str, draft: BackupWriter) -> Manifest:
    """Copy the database that `owner` logs in to, as it stands at one instant. Raises BackupError."""
    try:
        with psycopg.connect(owner, autocommit=True, application_name="gigacity-backup") as connection:
            tables.configure_session(connection)
            connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
            manifest = _copy(connection, draft)
    except psycopg.Error as error:
        raise BackupError(f"the database could not be read: {error}") from error
    draft.finish(manifest)
    return manifest


def _copy(connection: psycopg.Connection, draft: BackupWriter) -> Manifest:
    """Locks come before the snapshot, so that no migration changes a table between the two; writers go on meanwhile."""
    names = [sql.Identifier(table.name) for table in tables.list_tables(connection)]
    if not names:
        raise BackupError("the database has no schema yet: there is nothing to back up")
    with connection.transaction():
        connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(sql.SQL(", ").join(names)))
        taken_at = datetime.now(UTC)  # before the snapshot: whatever was acknowledged by then is in it
        revision = _revision(connection)
        campaigns = [
            CampaignState(campaign=code, data_version=version, definition_version=definition)
            for code, version, definition in connection.execute(_CAMPAIGNS)
        ]
        contents = []
        for table in tables.list_tables(connection):
            with draft.rows(table.name) as sink:
                tally = copy_rows(connection, table, [one.campaign for one in campaigns], sink)
            contents.append(TableContent(table=table.name, columns=table.columns, rows=tally.rows, sha256=tally.sha256))
    return Manifest(
        format=1,
        product=version("gigacity"),
        schema_revision=revision,
        server=str(connection.info.server_version // 10_000),
        taken_at=taken_at,
        campaigns=campaigns,
        tables=contents,
    )


def describe(file: Path, manifest: Manifest) -> None:
    """Tell what a backup holds."""
    rows = sum(content.rows for content in manifest.tables)
    typer.echo(f"{file}: {file.stat().st_size:,} bytes, taken {manifest.taken_at:%Y-%m-%d %H:%M:%S}Z")
    typer.echo(f"  gigacity {manifest.product}, schema {manifest.schema_revision}, PostgreSQL {manifest.server}")
    typer.echo(f"  {rows:,} rows in {len(manifest.tables)} tables")
    for one in manifest.campaigns:
        typer.echo(f"  {one.campaign}: data version {one.data_version}, definition version {one.definition_version}")


def _revision(connection: psycopg.Connection) -> str:
    """The schema's revision. Raises BackupError where this release or this login cannot tell all that is there."""
    row = connection.execute(_REVISION).fetchone()
    if row is None or not run.known(row[0]):
        raise BackupError(f"the schema is at {row and row[0]}, which this release does not know: use the release that made it")
    if connection.execute(_LISTED).fetchone() is None:
        raise BackupError(
            "this login cannot list every campaign, so a backup could miss some: run `gigacity migrate`,"
            " and log in as the role that runs it"
        )
    return str(row[0])


def _warn(settings: Settings) -> None:
    """Say what the file does not hold, and what it does hold that nobody else should read."""
    key = settings.key_encryption_key_file or settings.home / "key_encryption_key"
    typer.echo(
        f"""
NOT in the file; keep copies apart from it:
  {key}: the key that opens the signing keys. Without it identity makes
    new ones after a restore: clients only have to ask for new tokens.
  the settings (GIGACITY_…{", " + str(Embedded(settings.home).data / "local.conf") if settings.database_url is None else ""}).
NOT in the file, and not needed: the passwords of the database's roles. A restore makes new ones.
IN the file: every figure, the names of those who signed, hashes of the clients' secrets. It is not encrypted:
  only its owner may read it (0600); keep it so where you copy it.""",
        err=True,
    )
