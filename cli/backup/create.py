"""`gigacity backup`: writes a consistent copy of database and attachments to one file while the services run."""

from importlib.metadata import version
from pathlib import Path

import psycopg
import typer
from psycopg import IsolationLevel, sql

from cli.backup import tables
from cli.backup.archive import FORMAT, BackupError, BackupWriter, CampaignState, Manifest, TableContent, new_file
from cli.backup.attachments import list_attachments, write_attachments
from cli.backup.tables import copy_table
from cli.postgres.database_urls import open_database
from cli.postgres.embedded import Embedded
from migrations import run
from services.cases.attachments.store import AttachmentStore, attachment_store
from shared.clock import Clock
from shared.settings import Settings

_REVISION = "SELECT version_num FROM alembic_version"
_LISTS_CAMPAIGNS = """
SELECT FROM pg_policy p, unnest(p.polroles) AS role
WHERE p.polrelid = 'public.campaign'::regclass AND p.polname = 'owner_lists' AND pg_has_role(role, 'USAGE')
"""
_CAMPAIGNS = 'SELECT campaign, version, definition_version FROM campaign ORDER BY campaign COLLATE "C"'


def create_backup(settings: Settings, file: Path, *, with_attachments: bool = True) -> None:
    """Write a backup and print its contents. Raises BackupError."""
    store = attachment_store(settings) if with_attachments else None
    with open_database(settings) as urls, new_file(file) as binary_file:
        manifest = write_backup(urls.owner, BackupWriter(binary_file), store)
    describe(file, manifest)
    _print_advice(settings)


def write_backup(owner: str, writer: BackupWriter, store: AttachmentStore | None) -> Manifest:
    """Copy one snapshot of the database at the URL `owner`, and its attachments from the store. Raises BackupError."""
    try:
        with psycopg.connect(owner, autocommit=True, application_name="gigacity-backup") as connection:
            tables.configure_session(connection)
            connection.isolation_level, connection.read_only = IsolationLevel.REPEATABLE_READ, True
            manifest = _copy(connection, writer)
    except psycopg.Error as error:
        raise BackupError(f"the database could not be read: {error}") from error
    if store is None:
        manifest = manifest.model_copy(update={"attachments": None})
    else:
        write_attachments(store, writer, manifest.attachments or ())
    writer.finish(manifest)
    return manifest


def _copy(connection: psycopg.Connection, writer: BackupWriter) -> Manifest:
    """Copy all tables. They are locked before the snapshot, so that no migration changes one in between; pushes go on."""
    names = [sql.Identifier(table.name) for table in tables.list_tables(connection)]
    if not names:
        raise BackupError("the database has no schema yet: nothing to back up")
    with connection.transaction():
        connection.execute(sql.SQL("LOCK TABLE {} IN ACCESS SHARE MODE").format(sql.SQL(", ").join(names)))
        taken_at = Clock.real_now()  # before the snapshot, which so has all pushes that were acknowledged until then
        revision = _revision(connection)
        campaigns = [
            CampaignState(campaign=code, data_version=version, definition_version=definition)
            for code, version, definition in connection.execute(_CAMPAIGNS)
        ]
        contents = []
        for table in tables.list_tables(connection):
            with writer.rows(table.name) as sink:
                digest = copy_table(connection, table, [state.campaign for state in campaigns], sink)
            contents.append(TableContent(table=table.name, columns=table.columns, rows=digest.rows, sha256=digest.sha256))
        attachments = list_attachments(connection, [state.campaign for state in campaigns])
    return Manifest(
        format=FORMAT,
        product=version("gigacity"),
        schema_revision=revision,
        server=str(connection.info.server_version // 10_000),
        taken_at=taken_at,
        campaigns=campaigns,
        tables=contents,
        attachments=attachments,
    )


def describe(file: Path, manifest: Manifest) -> None:
    """Print the contents of a backup."""
    rows = sum(content.rows for content in manifest.tables)
    typer.echo(f"{file}: {file.stat().st_size:,} bytes, taken {manifest.taken_at:%Y-%m-%d %H:%M:%S}Z")
    typer.echo(f"  gigacity {manifest.product}, schema {manifest.schema_revision}, PostgreSQL {manifest.server}")
    typer.echo(f"  {rows:,} rows in {len(manifest.tables)} tables")
    if manifest.attachments:
        size = sum(attachment.size for attachment in manifest.attachments)
        typer.echo(f"  {len(manifest.attachments):,} attachments, {size:,} bytes")
    elif manifest.attachments is None and manifest.format > 1:
        typer.echo("  without attachments")
    for state in manifest.campaigns:
        typer.echo(f"  {state.campaign}: data version {state.data_version}, definition version {state.definition_version}")


def _revision(connection: psycopg.Connection) -> str:
    """Return the schema's revision. Raises BackupError if this release or this login cannot read everything."""
    row = connection.execute(_REVISION).fetchone()
    if row is None or not run.has_revision(row[0]):
        raise BackupError(
            f"the schema is at {row and row[0]}, which this release does not know: use the release that migrated it"
        )
    if connection.execute(_LISTS_CAMPAIGNS).fetchone() is None:
        raise BackupError(
            "this login cannot list every campaign, so the backup could be incomplete: run `gigacity migrate`,"
            " and use the login that runs it"
        )
    return str(row[0])


def _print_advice(settings: Settings) -> None:
    """Print what the backup does not contain, and how to protect it."""
    key = settings.key_encryption_key_file or settings.home / "key_encryption_key"
    local_conf = f", {Embedded(settings.home).data / 'local.conf'}" if settings.database_url is None else ""
    typer.echo(
        f"""
NOT in the file (keep copies of these in another place):
  {key}: the key that encrypts the signing keys. Without it, the services create
    new signing keys after a restore, and clients have to request new tokens.
  the settings (GIGACITY_…{local_conf}).
NOT in the file, and not needed: the passwords of the database roles. A restore creates new ones.
IN the file: all counts, items and their attachments, the names of the persons who attested counts, hashes of the client secrets.
  The file is not encrypted: only its owner may read it (mode 0600); keep it so where you copy it.""",
        err=True,
    )
