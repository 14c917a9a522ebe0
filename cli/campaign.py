"""`gigacity campaign`: checks the file that holds a whole plan as data, and puts it in force."""

import asyncio
import getpass
import os
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from cli.postgres.database_urls import open_database
from cli.postgres.fitness import require_schema
from cli.refusing import refusing
from shared.campaign.apply import Applied, ReinterpretationError, apply
from shared.campaign.definition import Definition
from shared.campaign.findings import DefinitionError
from shared.campaign.load import load
from shared.clock import Clock
from shared.settings import Settings

app = typer.Typer(name="campaign", add_completion=False, help="Check a campaign file, or put it in force.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(help="A campaign file, such as campaigns/liangjiang-2022.toml.")]


@app.command("check")
def check_file(file: File) -> None:
    """Check a campaign file; says everything that is wrong with it at once."""
    definition = _load(file)
    typer.echo(f"{file}: {_summary(definition)}: nothing wrong")


@app.command("apply")
def apply_file(file: File) -> None:
    """Put a campaign file in force: prints what it changes and takes a ledger version; the same file again changes nothing."""
    definition = _load(file)
    try:
        with refusing():
            settings = Settings()
            with open_database(settings) as urls:
                require_schema(urls.owner)
                applied = asyncio.run(apply_at(urls.owner, definition, Clock(settings.now)))
    except ReinterpretationError as refused:
        typer.echo(f"{definition.campaign.code} was not changed: stored facts would change their meaning.", err=True)
        for refusal in refused.refusals:
            typer.echo(f"  {refusal}", err=True)
        raise typer.Exit(1) from refused
    typer.echo(told(definition, applied))


async def apply_at(owner: str, definition: Definition, clock: Clock) -> Applied:
    """Put a definition in force on the database that `owner` logs in to, in the name of whoever runs this process."""
    async with await psycopg.AsyncConnection.connect(owner, autocommit=True) as connection:
        return await apply(connection, definition, operator(), clock)


def operator() -> str:
    """Who runs this process, for the ledger."""
    try:
        return f"operator:{getpass.getuser()}"
    except (KeyError, OSError):  # a container may run under a number that has no name
        return f"operator:{os.getuid()}"


def told(definition: Definition, applied: Applied) -> str:
    """What applying did, for a person."""
    code = definition.campaign.code
    if not applied.changed:
        return f"{code}: the file says what is in force since version {applied.version}, nothing changed"
    lines = [f"{code}: in force as version {applied.version}, {_summary(definition)}"]
    return "\n".join([*lines, *(f"  {change}" for change in applied.changes)])


def _load(file: Path) -> Definition:
    try:
        return load(file)
    except DefinitionError as wrong:
        for finding in wrong.findings:
            typer.echo(str(finding), err=True)
        typer.echo(f"{len(wrong.findings)} to put right in {file}", err=True)
        raise typer.Exit(1) from wrong


def _summary(definition: Definition) -> str:
    counted = {
        "organisations": definition.organisations,
        "areas": definition.areas,
        "metrics": definition.metrics,
        "indicators": definition.indicators,
        "targets": definition.targets,
        "rules": definition.rules,
        "tasks": definition.tasks,
    }
    return ", ".join(f"{len(blocks)} {name}" for name, blocks in counted.items())
