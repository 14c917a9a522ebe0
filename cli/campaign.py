"""`gigacity campaign`: checks campaign files and puts them in force."""

import asyncio
import getpass
import os
from pathlib import Path
from typing import Annotated

import psycopg
import typer

from cli.exit_messages import exit_with_message
from cli.postgres.database_urls import open_database
from cli.postgres.schema_revision import require_current_schema
from shared.campaign.apply import Applied, ReinterpretationError, apply
from shared.campaign.definition import Definition
from shared.campaign.findings import DefinitionError
from shared.campaign.load import load
from shared.clock import Clock
from shared.settings import Settings

app = typer.Typer(name="campaign", add_completion=False, help="Check campaign files and put them in force.", no_args_is_help=True)

CampaignFileArgument = Annotated[Path, typer.Argument(help="Campaign file, such as campaigns/liangjiang-2022.toml.")]


@app.command("check")
def check_command(file: CampaignFileArgument) -> None:
    """Check a campaign file and print all its errors."""
    definition = _load(file)
    typer.echo(f"{file} is valid: {_summary(definition)}")


@app.command("apply")
def apply_command(file: CampaignFileArgument) -> None:
    """Put a campaign file in force and print the changes. Applying the same file again changes nothing."""
    definition = _load(file)
    try:
        with exit_with_message():
            settings = Settings()
            with open_database(settings) as urls:
                require_current_schema(urls.owner)
                applied = asyncio.run(apply_definition(urls.owner, definition, Clock(settings.now)))
    except ReinterpretationError as reinterpretation:
        typer.echo(f"{definition.campaign.code} was not changed: stored counts would change their meaning.", err=True)
        for refusal in reinterpretation.refusals:
            typer.echo(f"  {refusal}", err=True)
        raise typer.Exit(1) from reinterpretation
    typer.echo(describe_applied(definition, applied))


async def apply_definition(owner: str, definition: Definition, clock: Clock) -> Applied:
    """Put a definition in force on the database at the URL `owner`; the ledger names the user of this process."""
    async with await psycopg.AsyncConnection.connect(owner, autocommit=True) as connection:
        return await apply(connection, definition, operator_name(), clock)


def operator_name() -> str:
    """Return the user of this process, as the ledger and the audit name it."""
    try:
        return f"operator:{getpass.getuser()}"
    except (KeyError, OSError):  # in a container, a user id may have no name
        return f"operator:{os.getuid()}"


def describe_applied(definition: Definition, applied: Applied) -> str:
    """Return the lines that `gigacity campaign apply` prints."""
    code = definition.campaign.code
    if not applied.changed:
        return f"{code}: already in force since data version {applied.version}; nothing changed"
    first_line = f"{code}: in force since data version {applied.version}: {_summary(definition)}"
    return "\n".join([first_line, *(f"  {change}" for change in applied.changes)])


def applied_campaigns(owner: str) -> list[str]:
    """Return the codes of all campaigns in the database at the URL `owner`."""
    with psycopg.connect(owner, connect_timeout=10) as connection:
        return [str(code) for (code,) in connection.execute("SELECT campaign FROM campaign ORDER BY campaign")]


def _load(file: Path) -> Definition:
    try:
        return load(file)
    except DefinitionError as invalid:
        for finding in invalid.findings:
            typer.echo(str(finding), err=True)
        typer.echo(f"{len(invalid.findings)} errors in {file}", err=True)
        raise typer.Exit(1) from invalid


def _summary(definition: Definition) -> str:
    blocks_by_name = {
        "organisations": definition.organisations,
        "areas": definition.areas,
        "metrics": definition.metrics,
        "indicators": definition.indicators,
        "targets": definition.targets,
        "rules": definition.rules,
        "tasks": definition.tasks,
    }
    return ", ".join(f"{len(blocks)} {name}" for name, blocks in blocks_by_name.items())
