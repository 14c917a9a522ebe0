"""`gigacity client`: the machine clients of organisations, and a token to try things with."""

import asyncio
import tomllib
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, TypeVar

import psycopg
import typer

from cli.campaign import operator
from cli.postgres.database_urls import open_database
from cli.refusing import refusing
from services.identity import clients, issue
from services.identity.client_secrets import SecretHashes
from services.identity.clients import ClientError, IssuedClient
from services.identity.sealing import SealingError
from shared import logs
from shared.campaign.definition import EVERYBODY, Definition
from shared.campaign.load import Definitions
from shared.clock import Clock
from shared.database.database import Database, Scope
from shared.settings import Settings
from shared.tables.client import Client
from shared.vocabulary import Role

SHIPPED = Path(__file__).parent.parent / "campaigns"

Result = TypeVar("Result")

app = typer.Typer(name="client", add_completion=False, help="The clients that organisations log in with.", no_args_is_help=True)

Org = Annotated[str, typer.Argument(help="An organisation's code, such as telecom.")]
ClientId = Annotated[str, typer.Argument(help="Such as liangjiang-2022.telecom.1.")]
Campaign = Annotated[str | None, typer.Option(help="A campaign's code; may be left out where only one has the organisation.")]
RoleOption = Annotated[Role | None, typer.Option("--role", help="Needed where the organisation has several roles.")]


@app.command("create")
def create_client(org: Org, campaign: Campaign = None, role: RoleOption = None) -> None:
    """Make a client for an organisation, and show its secret this once."""

    async def create(_settings: Settings, identity: Database) -> IssuedClient:
        definition = await _definition(identity, org, campaign)
        return await clients.create(
            identity, SecretHashes(), definition=definition, org=org, role=role, now=Clock.real_now(), actor=operator()
        )

    _show(_run(create))


@app.command("list")
def list_clients(campaign: Campaign = None, org: Annotated[str | None, typer.Option(help="Only this one's.")] = None) -> None:
    """List the clients, revoked ones included."""

    async def listed(_settings: Settings, identity: Database) -> Sequence[Client]:
        return await clients.listed(identity, campaign, org)

    for client in _run(listed):
        ended = f"revoked {client.revoked_at:%Y-%m-%d %H:%M}Z" if client.revoked_at else "active"
        typer.echo(f"{client.client_id:<40} {client.role:<11} {client.created_at:%Y-%m-%d %H:%M}Z  {ended}")


@app.command("revoke")
def revoke_client(client_id: ClientId) -> None:
    """End a client for good; its tokens stop working within a minute."""

    async def revoke(_settings: Settings, identity: Database) -> None:
        await clients.revoke(identity, client_id, now=Clock.real_now(), actor=operator())

    _run(revoke)
    typer.echo(f"{client_id} is revoked; its tokens stop working within a minute", err=True)


@app.command("rotate")
def rotate_client(client_id: ClientId) -> None:
    """Give a client a new secret, shown this once; the old one stops at once."""

    async def rotate(_settings: Settings, identity: Database) -> IssuedClient:
        return await clients.rotate(identity, SecretHashes(), client_id, now=Clock.real_now(), actor=operator())

    _show(_run(rotate))


@app.command("token")
def print_token(
    org: Org,
    campaign: Campaign = None,
    role: RoleOption = None,
    issuer: Annotated[str | None, typer.Option(help="The address the services run at, where it is not the usual one.")] = None,
) -> None:
    """Print an access token of an organisation's newest client, good for ten minutes. Needs no secret, and is audited."""

    async def token(settings: Settings, identity: Database) -> str:
        client = _one(await clients.listed(identity, campaign, org), org, role)
        if issuer is not None:
            settings = settings.model_copy(update={"token_issuer": issuer})
        return await issue.token_for_operator(identity, settings, client, Clock.real_now(), operator())

    typer.echo(_run(token))


def _run(work: Callable[[Settings, Database], Awaitable[Result]]) -> Result:
    """Do something as the identity service, or say what is wrong and what to do."""
    with refusing(ClientError, SealingError):
        settings = Settings()
        logs.configure(settings.log_format)
        with open_database(settings) as urls:
            url = urls.services["identity"]
            psycopg.connect(url, connect_timeout=10).close()  # says at once what a pool would only time out on
            return asyncio.run(_as_identity(url, settings, work))


async def _as_identity(url: str, settings: Settings, work: Callable[[Settings, Database], Awaitable[Result]]) -> Result:
    async with Database(url, application_name="gigacity-client", pool_size=2) as identity:
        await identity.verify()
        return await work(settings, identity)


def _show(client: IssuedClient) -> None:
    typer.echo(f"client_id      {client.client_id}\nclient_secret  {client.secret}")
    typer.echo("Keep the secret safe: it is not stored and cannot be shown again.", err=True)


def _one(found: Sequence[Client], org: str, role: Role | None) -> Client:
    """The newest active client. Raises ClientError where there is none, or where it could be one of several roles."""
    active = [client for client in found if client.revoked_at is None and role in (None, client.role)]
    kinds = sorted({f"--campaign {client.campaign} --role {client.role}" for client in active})
    if not active:
        raise ClientError(f"{org} has no such client: make one with `gigacity client create {org}`")
    if len(kinds) > 1:
        raise ClientError(f"{org} has several kinds of clients; choose {' or '.join(kinds)}")
    return active[-1]


async def _definition(identity: Database, org: str, campaign: str | None) -> Definition:
    """The campaign that is meant, or the only one in force that has the organisation. Raises ClientError."""
    known = [campaign] if campaign else sorted({client.campaign for client in await clients.listed(identity)} | _shipped())
    in_force = [one for code in known if (one := await _in_force(identity, code)) is not None]
    if not in_force:
        raise ClientError(f"{campaign or 'no campaign'} is not in force: use `gigacity campaign apply FILE`")
    having = [one for one in in_force if any(organisation.code == org for organisation in one.organisations)]
    if len(having) > 1:
        raise ClientError(f"{org} is in several campaigns; choose --campaign {' or '.join(one.campaign.code for one in having)}")
    if not having and len(in_force) > 1:
        raise ClientError(f"none of {', '.join(one.campaign.code for one in in_force)} has an organisation {org}")
    return (having or in_force)[0]


async def _in_force(identity: Database, campaign: str) -> Definition | None:
    async with identity.read(Scope(campaign, EVERYBODY)) as snapshot:
        if not snapshot.definition_version:
            return None
        return await Definitions().at(snapshot.connection, campaign, snapshot.definition_version)


def _shipped() -> set[str]:
    return {str(tomllib.loads(path.read_text(encoding="utf-8"))["campaign"]["code"]) for path in SHIPPED.glob("*.toml")}
