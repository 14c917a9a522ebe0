"""The keys that sign tokens: first, rotated, retired, sealed."""

import asyncio
import base64
import stat
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from httpx import AsyncClient

from cli.postgres.database_urls import DatabaseUrls
from services.identity.keys import CACHE_S, KEPT_AFTER, PUBLISHED_AHEAD, REPLACED_AFTER, SigningKeys
from services.identity.sealing import Seal, SealingError
from shared.access import tokens
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings
from tests.fixtures_postgres import OpenDatabase

NOW = Clock.real_now()
SECOND = timedelta(seconds=1)


@pytest.fixture
async def database(open_bare_database: OpenDatabase) -> Database:
    return await open_bare_database("identity")


@pytest.fixture
def own_home(settings: Settings, tmp_path: Path) -> Settings:
    return settings.model_copy(update={"home": tmp_path / "home"})


@pytest.fixture
def keys(own_home: Settings, database: Database) -> SigningKeys:
    return SigningKeys(own_home, database)


async def published(keys: SigningKeys, now: datetime) -> list[str]:
    return [jwk["kid"] for jwk in await keys.published(now)]


async def test_no_key_is_made_before_one_is_needed(keys: SigningKeys, own_home: Settings) -> None:
    assert await published(keys, NOW) == []
    assert not own_home.home.exists()


async def test_the_first_key_signs_at_once_and_stays(keys: SigningKeys, own_home: Settings, database: Database) -> None:
    first = await keys.current(NOW)
    later = await SigningKeys(own_home, database).current(NOW + SECOND)

    assert later.kid == first.kid
    assert await published(keys, NOW) == [first.kid]


async def test_first_requests_at_the_same_time_make_one_key(own_home: Settings, database: Database) -> None:
    made = await asyncio.gather(*(SigningKeys(own_home, database).current(NOW) for _ in range(4)))

    assert len({key.kid for key in made}) == 1


async def test_a_new_key_is_published_for_longer_than_others_cache_before_it_signs(keys: SigningKeys) -> None:
    old = (await keys.current(NOW)).kid
    new = await keys.rotate(NOW)

    assert timedelta(minutes=5) <= PUBLISHED_AHEAD
    assert CACHE_S * SECOND < PUBLISHED_AHEAD
    assert await published(keys, NOW) == [new, old]
    assert (await keys.current(NOW + PUBLISHED_AHEAD - SECOND)).kid == old
    assert (await keys.current(NOW + PUBLISHED_AHEAD)).kid == new


async def test_an_old_key_is_published_until_the_last_token_it_signed_has_expired(keys: SigningKeys) -> None:
    old = (await keys.current(NOW)).kid
    new = await keys.rotate(NOW)
    takeover = NOW + PUBLISHED_AHEAD

    assert tokens.MAX_LIFE_S * SECOND <= KEPT_AFTER
    assert await published(keys, takeover + KEPT_AFTER - SECOND) == [new, old]
    assert await published(keys, takeover + KEPT_AFTER) == [new]


async def test_rotating_twice_before_the_takeover_makes_one_key(keys: SigningKeys) -> None:
    await keys.current(NOW)

    assert await keys.rotate(NOW) == await keys.rotate(NOW + SECOND)


async def test_keys_are_replaced_every_month_by_themselves(keys: SigningKeys) -> None:
    first = (await keys.current(NOW)).kid
    month_later = NOW + REPLACED_AFTER
    at_due = (await keys.current(month_later)).kid
    coming = await published(keys, month_later)

    assert at_due == first
    assert coming[1:] == [first]
    assert (await keys.current(month_later + SECOND)).kid == first
    assert (await keys.current(month_later + PUBLISHED_AHEAD)).kid == coming[0]
    assert await published(keys, month_later + PUBLISHED_AHEAD) == coming


async def test_the_private_key_at_rest_cannot_be_read_without_the_key_file(
    keys: SigningKeys, own_home: Settings, database: Database, bare_urls: DatabaseUrls
) -> None:
    key = await keys.current(NOW)
    with psycopg.connect(bare_urls.services["identity"]) as connection:
        (sealed,) = connection.execute("SELECT sealed_private FROM signing_key").fetchall()[0]
    file = own_home.home / "key_encryption_key"

    assert key.private_bytes() not in sealed
    assert Seal.from_settings(own_home).unseal(key.kid, sealed) == key.private_bytes()
    with pytest.raises(SealingError, match="restore the key file"):
        Seal(bytes(32)).unseal(key.kid, sealed)
    with pytest.raises(SealingError):
        Seal.from_settings(own_home).unseal("another", sealed)
    with pytest.raises(SealingError):
        Seal.from_settings(own_home).unseal(key.kid, sealed[:-1] + bytes([sealed[-1] ^ 1]))
    file.unlink()
    with_another_file = await SigningKeys(own_home, database).current(NOW + SECOND)
    assert with_another_file.kid != key.kid
    assert key.kid in await published(keys, NOW + SECOND)


async def test_other_services_cannot_read_private_keys_nor_secrets(bare_urls: DatabaseUrls) -> None:
    for service in ("ingest", "indicators", "cases"):
        for question in ("SELECT sealed_private FROM signing_key", "SELECT secret_hash FROM client"):
            connection = psycopg.connect(bare_urls.services[service])
            with connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(question)


def test_the_key_file_is_made_for_its_owner_only(own_home: Settings) -> None:
    Seal.from_settings(own_home)
    file = own_home.home / "key_encryption_key"

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(base64.b64decode(file.read_text())) == 32
    assert list(own_home.home.iterdir()) == [file]


def empty(file: Path) -> None:
    file.write_text("")


def short(file: Path) -> None:
    file.write_text(base64.b64encode(bytes(16)).decode())


def no_base64(file: Path) -> None:
    file.write_text("not base64 !")


def binary(file: Path) -> None:
    file.write_bytes(bytes(range(128, 160)))


def absent(_file: Path) -> None:
    pass


@pytest.mark.parametrize("write", [empty, short, no_base64, binary, absent])
def test_a_configured_key_file_that_is_no_good_is_refused_with_its_name(
    settings: Settings, tmp_path: Path, write: Callable[[Path], None]
) -> None:
    file = tmp_path / "kek"
    write(file)

    with pytest.raises(SealingError, match=str(file)):
        Seal.from_settings(settings.model_copy(update={"key_encryption_key_file": file}))


async def test_published_keys_are_public_and_may_be_cached(identity: AsyncClient) -> None:
    answer = await identity.get("/oauth2/jwks.json")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == f"public, max-age={CACHE_S}"
    (jwk,) = answer.json()["keys"]
    assert set(jwk) == {"kty", "crv", "x", "y", "use", "alg", "kid"}
    assert tokens.PublicKey.from_jwk(jwk)


async def test_the_metadata_say_where_tokens_and_keys_are(identity: AsyncClient, settings: Settings) -> None:
    answer = await identity.get("/.well-known/oauth-authorization-server")
    metadata = answer.json()

    assert metadata["issuer"] == settings.token_issuer
    assert metadata["token_endpoint"] == f"{settings.token_issuer}/oauth2/token"
    assert metadata["jwks_uri"] == f"{settings.token_issuer}/oauth2/jwks.json"
    assert metadata["grant_types_supported"] == ["client_credentials"]
    assert "max-age" in answer.headers["cache-control"]
