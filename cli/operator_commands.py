"""The operator's commands: up, serve, migrate, backup, restore, attachments, demo."""

from pathlib import Path
from typing import Annotated

import typer

from cli.attachments import AttachmentsDamaged, check_attachments
from cli.backup.archive import BackupError
from cli.backup.create import create_backup
from cli.backup.restore import check_backup, restore_backup
from cli.demo.demo_client import DemoError
from cli.demo.run import demo
from cli.exit_messages import exit_with_message
from cli.migrate import migrate
from cli.postgres.database_urls import open_database
from cli.server.serving import ServingError
from cli.up import serve, up
from shared.settings import SERVICES, Settings

app = typer.Typer(add_completion=False)

_ERRORS = (BackupError, ServingError, ValueError)

BackupFileArgument = Annotated[Path, typer.Argument(help="Backup file, such as gigacity-2022-09-06.tar.")]
HostOption = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all interfaces.")]
PortOption = Annotated[int, typer.Option(min=0, max=65_535, help="Port to listen on; 0 chooses a free one.")]


@app.command("up")
def up_command(host: HostOption = "127.0.0.1", port: PortOption = 8000) -> None:
    """Run all services on the embedded PostgreSQL in .gigacity/, or on GIGACITY_DATABASE_URL, until Ctrl-C."""
    with exit_with_message(*_ERRORS):
        up(Settings(), host, port)


@app.command("serve")
def serve_command(
    service: Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}.")],
    host: HostOption = "127.0.0.1",
    port: PortOption = 8000,
) -> None:
    """Run one service on GIGACITY_<SERVICE>_DATABASE_URL, or on the embedded PostgreSQL, until Ctrl-C."""
    if service not in SERVICES:
        raise typer.BadParameter(f"must be one of {', '.join(SERVICES)}")
    with exit_with_message(*_ERRORS):
        serve(service, Settings(), host, port)


@app.command("migrate")
def migrate_command() -> None:
    """Migrate the database to this release and let the services log in."""
    with exit_with_message(*_ERRORS):
        settings = Settings()
        with open_database(settings) as urls:
            migrate(urls, settings.service_roles())
        typer.echo(
            "The database is migrated to this release."
            " The services' passwords are in their database URLs or in GIGACITY_HOME/passwords."
        )


@app.command("backup")
def backup_command(
    file: BackupFileArgument,
    *,
    without_attachments: Annotated[
        bool, typer.Option("--without-attachments", help="Only the database; the attachments' store is backed up otherwise.")
    ] = False,
) -> None:
    """Write the current content of the database, and all attachments, to a new file. The services may keep running."""
    with exit_with_message(*_ERRORS):
        create_backup(Settings(), file, with_attachments=not without_attachments)


@app.command("restore")
def restore_command(
    file: BackupFileArgument,
    *,
    check: Annotated[bool, typer.Option("--check", help="Only verify the file and show what it contains.")] = False,
) -> None:
    """Restore a backup into an empty database and verify everything. If anything fails, the database stays empty."""
    with exit_with_message(*_ERRORS):
        if check:
            check_backup(file)
        else:
            restore_backup(Settings(), file)


@app.command("attachments")
def attachments_command() -> None:
    """Read every attachment, list those that are missing or damaged, and delete what interrupted uploads left."""
    with exit_with_message(*_ERRORS, AttachmentsDamaged):
        check_attachments(Settings())


@app.command("demo")
def demo_command(
    *,
    serve: Annotated[bool, typer.Option("--serve", help="Keep running and print commands to try.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summaries as JSON.")] = False,
    port: PortOption = 0,
    cors: Annotated[
        list[str] | None, typer.Option("--cors", metavar="ORIGIN", help="Origin whose pages may call the services; repeatable.")
    ] = None,
) -> None:
    """Run the product on sample data in a temporary database."""
    with exit_with_message(*_ERRORS, DemoError):
        demo(serve=serve, as_json=json, port=port, cors_origins=cors or [])
