"""`gigacity client`: creates, lists, rotates and revokes the clients of organisations, and prints tokens to try things with."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, TypeVar

import psycopg
import typer

from cli.campaign import applied_campaigns, operator_name
from cli.exit_messages import exit_with_message
from cli.postgres.database_urls import DatabaseUrls, open_database
from cli.server.issuer_file import issuer_of_running_product
from services.identity import clients
from services.identity.client_secrets import SecretHashes
from services.identity.clients import ClientError, IssuedClient
from services.identity.issuer import token_for_operator
from services.identity.sealing import SealingError
from shared import logs
from shared.campaign.blocks import EVERYBODY
from shared.campaign.definition import Definition
from shared.campaign.load import Definitions
from shared.clock import Clock
from shared.database.database import Database, Scope
from shared.settings import Settings
from shared.tables.client import Client
from shared.vocabulary import Role

_T = TypeVar("_T")

app = typer.Typer(
    name="client", add_completion=False, help="Manage the clients that organisations log in with.", no_args_is_help=True
)

OrgArgument = Annotated[str, typer.Argument(help="Organisation code, such as telecom.")]
ClientIdArgument = Annotated[str, typer.Argument(help="Client id, such as liangjiang-2022.telecom.1.")]
CampaignOption = Annotated[str | None, typer.Option(help="Campaign code. Optional if only one campaign has the organisation.")]
RoleOption = Annotated[Role | None, typer.Option("--role", help="Required if the organisation has several roles.")]


@app.command("create")
def create_command(org: OrgArgument, campaign: CampaignOption = None, role: RoleOption = None) -> None:
    """Create a client for an organisation and show its secret once."""

    async def create(urls: DatabaseUrls, identity: Database) -> IssuedClient:
        definition = await _definition(identity, urls.owner, org, campaign)
        return await clients.create_client(
            identity, SecretHashes(), definition=definition, org=org, role=role, now=Clock.real_now(), actor=operator_name()
        )

    _show(_run_as_identity(create))


@app.command("list")
def list_command(
    campaign: CampaignOption = None,
    org: Annotated[str | None, typer.Option(help="Only the clients of this organisation.")] = None,
) -> None:
    """List the clients, including revoked ones."""

    async def select(_urls: DatabaseUrls, identity: Database) -> Sequence[Client]:
        return await clients.list_clients(identity, campaign, org)

    for client in _run_as_identity(select):
        state = f"revoked {client.revoked_at:%Y-%m-%d %H:%M}Z" if client.revoked_at else "active"
        typer.echo(f"{client.client_id:<40} {client.role:<11} {client.created_at:%Y-%m-%d %H:%M}Z  {state}")


@app.command("revoke")
def revoke_command(client_id: ClientIdArgument) -> None:
    """Revoke a client permanently. Its tokens stop working within a minute."""

    async def revoke(_urls: DatabaseUrls, identity: Database) -> None:
        await clients.revoke_client(identity, client_id, now=Clock.real_now(), actor=operator_name())

    _run_as_identity(revoke)
    typer.echo(f"{client_id} is revoked; its tokens stop working within a minute", err=True)


@app.command("rotate")
def rotate_command(client_id: ClientIdArgument) -> None:
    """Give a client a new secret and show it once. The old secret stops working immediately."""

    async def rotate(_urls: DatabaseUrls, identity: Database) -> IssuedClient:
        return await clients.rotate_secret(identity, SecretHashes(), client_id, now=Clock.real_now(), actor=operator_name())

    _show(_run_as_identity(rotate))


@app.command("token")
def token_command(
    org: OrgArgument,
    campaign: CampaignOption = None,
    role: RoleOption = None,
    issuer: Annotated[
        str | None,
        typer.Option(help="Issuer of the token. Defaults to that of the running product, then to GIGACITY_TOKEN_ISSUER."),
    ] = None,
) -> None:
    """Print an access token of an organisation's newest client, valid for ten minutes. Requires no secret; is audited."""

    async def token(_urls: DatabaseUrls, identity: Database) -> str:
        settings = Settings()
        client = _newest_active(await clients.list_clients(identity, campaign, org), org, role)
        of_product = issuer or issuer_of_running_product(settings)
        if of_product:
            settings = settings.model_copy(update={"token_issuer": of_product})
        return await token_for_operator(identity, settings, client, Clock.real_now(), operator_name())

    typer.echo(_run_as_identity(token))


def _run_as_identity(work: Callable[[DatabaseUrls, Database], Awaitable[_T]]) -> _T:
    """Run `work` on the database as the identity service. Expected errors end the command with a message."""
    with exit_with_message(ClientError, SealingError):
        settings = Settings()
        logs.configure(settings.log_format)
        with open_database(settings) as urls:
            # Gives the reason that a pool would hide behind its timeout.
            psycopg.connect(urls.services["identity"], connect_timeout=10).close()
            return asyncio.run(_with_database(urls, work))


async def _with_database(urls: DatabaseUrls, work: Callable[[DatabaseUrls, Database], Awaitable[_T]]) -> _T:
    async with Database(urls.services["identity"], application_name="gigacity-client", pool_size=2) as identity:
        await identity.verify()
        return await work(urls, identity)


def _show(client: IssuedClient) -> None:
    typer.echo(f"client_id      {client.client_id}\nclient_secret  {client.secret}")
    typer.echo("Keep the secret safe: it is not stored and cannot be shown again.", err=True)


def _newest_active(candidates: Sequence[Client], org: str, role: Role | None) -> Client:
    """Return the newest active client. Raises ClientError if there is none, or if the candidates have several roles."""
    active = [client for client in candidates if client.revoked_at is None and role in (None, client.role)]
    choices = sorted({f"--campaign {client.campaign} --role {client.role}" for client in active})
    if not active:
        raise ClientError(f"{org} has no such client: create one with `gigacity client create {org}`")
    if len(choices) > 1:
        raise ClientError(f"{org} has clients with several roles; choose {' or '.join(choices)}")
    return active[-1]


async def _definition(identity: Database, owner: str, org: str, campaign: str | None) -> Definition:
    """Return the definition of the given campaign, or of the only one in force that has the organisation. Raises ClientError."""
    codes = [campaign] if campaign else applied_campaigns(owner)
    in_force = [definition for code in codes if (definition := await _in_force(identity, code)) is not None]
    if not in_force:
        missing = f"campaign {campaign} is not in force" if campaign else "no campaign is in force"
        raise ClientError(f"{missing}: use `gigacity campaign apply FILE`")
    with_org = [definition for definition in in_force if any(known.code == org for known in definition.organisations)]
    if len(with_org) > 1:
        choices = " or ".join(definition.campaign.code for definition in with_org)
        raise ClientError(f"{org} is in several campaigns; choose --campaign {choices}")
    if not with_org and len(in_force) > 1:
        raise ClientError(f"none of {', '.join(definition.campaign.code for definition in in_force)} has an organisation {org}")
    return (with_org or in_force)[0]


async def _in_force(identity: Database, campaign: str) -> Definition | None:
    async with identity.read(Scope(campaign, EVERYBODY)) as snapshot:
        if not snapshot.definition_version:
            return None
        return await Definitions().at(snapshot.connection, campaign, snapshot.definition_version)
