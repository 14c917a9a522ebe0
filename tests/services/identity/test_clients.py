"""Clients: created, listed, revoked, given new secrets."""

import base64

import psycopg
import pytest
from httpx import AsyncClient

from cli.postgres.database_urls import DatabaseUrls
from services.identity import clients
from services.identity.client_secrets import SecretHashes
from services.identity.clients import ClientError
from shared.campaign.definition import Definition
from shared.clock import Clock
from shared.database.database import Database
from shared.vocabulary import Role
from tests.services.identity.conftest import ClientOf

GRANT = {"grant_type": "client_credentials"}
NOW = Clock.real_now()


async def make(database: Database, definition: Definition, org: str, role: Role | None = None) -> clients.IssuedClient:
    return await clients.create_client(database, SecretHashes(), definition=definition, org=org, role=role, now=NOW)


async def test_the_clients_of_an_organisation_are_numbered_and_never_reused(
    identity_database: Database, definition: Definition
) -> None:
    second = await make(identity_database, definition, "telecom")
    await clients.revoke_client(identity_database, second.client_id, now=NOW)
    third = await make(identity_database, definition, "telecom")

    assert [second.client_id, third.client_id] == ["liangjiang-2022.telecom.2", "liangjiang-2022.telecom.3"]
    listed = await clients.list_clients(identity_database, "liangjiang-2022", "telecom")
    assert [(client.number, client.revoked_at is None) for client in listed] == [(1, True), (2, False), (3, True)]


async def test_a_secret_has_256_bits_and_is_kept_as_argon2id(identity_database: Database, definition: Definition) -> None:
    one, other = [await make(identity_database, definition, "telecom") for _ in range(2)]
    (*_, stored) = await clients.list_clients(identity_database, "liangjiang-2022", "telecom")

    assert len(base64.urlsafe_b64decode(one.secret + "=")) == 32
    assert one.secret != other.secret
    assert stored.secret_hash.startswith("$argon2id$")
    assert other.secret not in stored.secret_hash


async def test_a_role_is_one_of_the_organisations_roles(identity_database: Database, definition: Definition) -> None:
    bureau = await make(identity_database, definition, "industry", Role.BUREAU)
    task_force = await make(identity_database, definition, "industry", Role.TASK_FORCE)

    assert (bureau.role, task_force.role) == (Role.BUREAU, Role.TASK_FORCE)
    with pytest.raises(ClientError, match="industry has several roles; choose one of"):
        await make(identity_database, definition, "industry")
    with pytest.raises(ClientError, match="telecom does not have the role regulator; it has carrier"):
        await make(identity_database, definition, "telecom", Role.REGULATOR)
    with pytest.raises(ClientError, match=r"liangjiang-2022 has no organisation telcom; its organisations are .*telecom"):
        await make(identity_database, definition, "telcom")


async def test_a_new_secret_replaces_the_old_one_at_once(
    identity: AsyncClient, identity_database: Database, client_of: ClientOf
) -> None:
    old = client_of("telecom")
    new = await clients.rotate_secret(identity_database, SecretHashes(), old.client_id, now=NOW)
    with_old = await identity.post("/oauth2/token", data=GRANT, auth=(old.client_id, old.secret))
    with_new = await identity.post("/oauth2/token", data=GRANT, auth=(new.client_id, new.secret))

    assert new.client_id == old.client_id
    assert (with_old.status_code, with_new.status_code) == (401, 200)


async def test_a_revoked_client_stays_revoked(identity_database: Database, client_of: ClientOf) -> None:
    client_id = client_of("telecom").client_id
    await clients.revoke_client(identity_database, client_id, now=NOW)

    with pytest.raises(ClientError, match="already revoked"):
        await clients.revoke_client(identity_database, client_id, now=NOW)
    with pytest.raises(ClientError, match="already revoked"):
        await clients.rotate_secret(identity_database, SecretHashes(), client_id, now=NOW)
    with pytest.raises(ClientError, match="unknown client"):
        await clients.revoke_client(identity_database, "liangjiang-2022.telecom.77", now=NOW)


async def test_what_the_operator_does_to_clients_is_audited(
    identity_database: Database, definition: Definition, urls: DatabaseUrls
) -> None:
    client = await make(identity_database, definition, "unicom")
    await clients.rotate_secret(identity_database, SecretHashes(), client.client_id, now=NOW, actor="operator:ada")
    await clients.revoke_client(identity_database, client.client_id, now=NOW, actor="operator:ada")

    with psycopg.connect(urls.owner) as connection:
        connection.execute("SELECT gigacity_begin('liangjiang-2022', 'unicom', 'own')")
        rows = connection.execute("SELECT operation, actor FROM audit WHERE subject = %s", [client.client_id]).fetchall()
    done = {"create_client": "operator", "rotate_client": "operator:ada", "revoke_client": "operator:ada"}
    assert sorted(rows) == sorted(done.items())
