"""The commands of whoever runs the product: up, serve, migrate, backup, restore, demo."""

from pathlib import Path
from typing import Annotated

import typer

from cli.backup import restore, take
from cli.backup.file import BackupError
from cli.demo.run import demo
from cli.migrate import migrate
from cli.postgres.database_urls import open_database
from cli.refusing import refusing
from cli.server.serving import ServingError
from cli.up import serve, up
from shared.settings import SERVICES, Settings

app = typer.Typer(add_completion=False)

_REFUSALS = (BackupError, ServingError, ValueError)

File = Annotated[Path, typer.Argument(help="A file, such as gigacity-2022-09-06.tar.")]
Host = Annotated[str, typer.Option(help="The interface to listen on.")]
Port = Annotated[int, typer.Option(help="0 takes a free one.")]


@app.command("up")
def up_command(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run the product on its own PostgreSQL in .gigacity/, or on GIGACITY_DATABASE_URL, until Ctrl-C."""
    with refusing(*_REFUSALS):
        up(Settings(), host, port)


@app.command("serve")
def serve_command(
    service: Annotated[str, typer.Argument(help=f"One of {', '.join(SERVICES)}.")], host: Host = "127.0.0.1", port: Port = 8000
) -> None:
    """Run one service, on GIGACITY_<SERVICE>_DATABASE_URL or the product's own PostgreSQL, until Ctrl-C."""
    if service not in SERVICES:
        raise typer.BadParameter(f"one of {', '.join(SERVICES)}")
    with refusing(*_REFUSALS):
        serve(service, Settings(), host, port)


@app.command("migrate")
def migrate_command() -> None:
    """Bring the database up to this release and let the services log in."""
    with refusing(*_REFUSALS):
        settings = Settings()
        with open_database(settings) as urls:
            migrate(urls, settings.service_roles())
        typer.echo(
            "The database is at this release; its services' passwords stand in their addresses or in GIGACITY_HOME/passwords."
        )


@app.command("backup")
def backup_command(file: File) -> None:
    """Write everything in the database into one new file, as it stands now; the services may run meanwhile."""
    with refusing(*_REFUSALS):
        take.backup(Settings(), file)


@app.command("restore")
def restore_command(
    file: File,
    *,
    check: Annotated[bool, typer.Option("--check", help="Only say whether the file is whole, and what it holds.")] = False,
) -> None:
    """Bring a backup into an empty database, verified row by row; all of it or nothing."""
    with refusing(*_REFUSALS):
        if check:
            restore.check(file)
        else:
            restore.restore(Settings(), file)


@app.command("demo")
def demo_command(
    *,
    serve: Annotated[bool, typer.Option("--serve", help="Leave it running, with commands to try.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summaries as JSON.")] = False,
    port: Port = 0,
) -> None:
    """Run the main job on sample data, in a database of its own that is gone afterwards."""
    with refusing(*_REFUSALS):
        demo(serve=serve, as_json=json, port=port)
