"""Clients of organisations, which the operator creates, lists, revokes and gives new secrets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, update
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.identity import client_secrets
from services.identity.client_secrets import SecretHashes
from shared.campaign.definition import Definition
from shared.database import audit
from shared.database.database import Database, Scope, psycopg_connection
from shared.tables.client import Client
from shared.vocabulary import Role

OPERATOR: Final = "operator"  # in the audit: the holder of the database password


class ClientError(Exception):
    """The operation is not possible; the message gives the reason and the remedy."""


@dataclass(frozen=True, slots=True)
class IssuedClient:
    """A client with its secret, which is shown only once."""

    client_id: str
    role: Role
    secret: str


async def create_client(
    database: Database,
    hashes: SecretHashes,
    *,
    definition: Definition,
    org: str,
    role: Role | None,
    now: datetime,
    actor: str = OPERATOR,
) -> IssuedClient:
    """Create a client of an organisation; `role` may be None if the organisation has only one. Raises ClientError."""
    role = _role_of(definition, org, role)
    campaign, secret = definition.campaign.code, client_secrets.generate_secret()
    secret_hash = await hashes.hash(secret)
    async with database.session(Scope(campaign, org)) as session:
        number = await _next_number(session, campaign, org)
        client_id = f"{campaign}.{org}.{number}"
        client = Client(
            client_id=client_id,
            campaign=campaign,
            org=org,
            number=number,
            role=role.value,
            secret_hash=secret_hash,
            secret_digest=client_secrets.secret_digest(secret_hash, secret),
            created_at=now,
        )
        session.add(client)
        await _record(session, client, "create_client", actor, now)
    return IssuedClient(client_id, role, secret)


async def list_clients(database: Database, campaign: str | None = None, org: str | None = None) -> Sequence[Client]:
    """Return the clients, including revoked ones, by campaign, organisation and number."""
    query = select(Client).order_by(col(Client.campaign), col(Client.org), col(Client.number))
    if campaign is not None:
        query = query.where(Client.campaign == campaign)
    if org is not None:
        query = query.where(Client.org == org)
    async with database.session(None) as session:
        return (await session.exec(query)).all()


async def revoke_client(database: Database, client_id: str, *, now: datetime, actor: str = OPERATOR) -> None:
    """Revoke a client for good; its tokens stop working within a minute. Raises ClientError if there is no such client."""
    client = await _active(database, client_id)
    async with database.session(Scope(client.campaign, client.org)) as session:
        client.revoked_at = now
        session.add(client)
        await _record(session, client, "revoke_client", actor, now)


async def rotate_secret(
    database: Database, hashes: SecretHashes, client_id: str, *, now: datetime, actor: str = OPERATOR
) -> IssuedClient:
    """Give a client a new secret; the old one stops working at once, issued tokens stay valid. Raises ClientError."""
    client = await _active(database, client_id)
    secret = client_secrets.generate_secret()
    secret_hash = await hashes.hash(secret)
    async with database.session(Scope(client.campaign, client.org)) as session:
        client.secret_hash = secret_hash
        client.secret_digest = client_secrets.secret_digest(secret_hash, secret)
        session.add(client)
        await _record(session, client, "rotate_client", actor, now)
    return IssuedClient(client.client_id, Role(client.role), secret)


async def store_digest(database: Database, client: Client, digest: bytes) -> None:
    """Store the digest of a secret that was verified by its hash, unless the secret was replaced meanwhile."""
    same = (col(Client.client_id) == client.client_id, col(Client.secret_hash) == client.secret_hash)
    async with database.session(Scope(client.campaign, client.org)) as session:
        await session.exec(update(Client).where(*same).values(secret_digest=digest))


async def record_operation(database: Database, client: Client, operation: str, *, now: datetime, actor: str) -> None:
    """Enter an operation of a client in the audit."""
    async with database.session(Scope(client.campaign, client.org)) as session:
        await _record(session, client, operation, actor, now)


async def record_failed_attempt(
    database: Database, *, campaign: str, org: str, client_id: str, address: str, request_id: str, now: datetime
) -> None:
    """Enter in the audit that a wrong secret was sent for a client from an address."""
    async with database.session(Scope(campaign, org)) as session:
        await audit.record(
            await psycopg_connection(session),
            campaign=campaign,
            org=org,
            actor=f"address {address}",
            operation="refuse_client",
            subject=client_id,
            request_id=request_id,
            now=now,
        )


def _role_of(definition: Definition, org: str, role: Role | None) -> Role:
    organisation = next((candidate for candidate in definition.organisations if candidate.code == org), None)
    if organisation is None:
        known = ", ".join(candidate.code for candidate in definition.organisations)
        message = f"{definition.campaign.code} has no organisation {org}; its organisations are {known}"
        raise ClientError(message)
    if role is None and len(organisation.roles) > 1:
        message = f"{org} has several roles; choose one of {', '.join(organisation.roles)}"
        raise ClientError(message)
    if role is not None and role not in organisation.roles:
        message = f"{org} does not have the role {role}; it has {', '.join(organisation.roles)}"
        raise ClientError(message)
    return role or organisation.roles[0]


async def _next_number(session: AsyncSession, campaign: str, org: str) -> int:
    """Return one more than the highest number; of two concurrent clients, the unique key refuses one."""
    last = select(func.max(Client.number)).where(Client.campaign == campaign, Client.org == org)
    return ((await session.exec(last)).one() or 0) + 1


async def _active(database: Database, client_id: str) -> Client:
    async with database.session(None) as session:
        client = await session.get(Client, client_id)
    if client is None or client.revoked_at is not None:
        message = f"unknown client {client_id}" if client is None else f"the client {client_id} is already revoked"
        raise ClientError(message)
    return client


async def _record(session: AsyncSession, client: Client, operation: str, actor: str, now: datetime) -> None:
    await session.flush()
    await audit.record(
        await psycopg_connection(session),
        campaign=client.campaign,
        org=client.org,
        actor=actor,
        operation=operation,
        subject=client.client_id,
        request_id="",
        now=now,
    )
