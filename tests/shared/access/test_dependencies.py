"""Tokens at a service: who gets in, and how soon somebody who should not any more does not."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any

import psycopg
import pytest
import pytest_asyncio
from fastapi import APIRouter, Depends, FastAPI
from httpx import ASGITransport, AsyncClient

from cli.postgres.database_urls import DatabaseUrls
from shared.access import key_ring, tokens
from shared.access.dependencies import Authorized, Service
from shared.access.key_ring import KeyRing, Principal
from shared.app import create_app
from shared.clock import Clock
from shared.database.database import Database
from shared.problems import Overloaded, TokenInvalid
from shared.settings import Settings
from shared.vocabulary import Role
from tests.fixtures_api import Bearer
from tests.fixtures_campaign import Campaigns
from tests.fixtures_postgres import OpenDatabase
from tests.fixtures_settings import Travel

PATH = "/v1/observations"
TELECOM = "liangjiang-2022.telecom.1"
REVOCATIONS = [
    f"UPDATE client SET revoked_at = now() WHERE client_id = '{TELECOM}'",
    f"UPDATE client SET role = 'street' WHERE client_id = '{TELECOM}'",
    f"UPDATE client SET org = 'mobile', number = 9 WHERE client_id = '{TELECOM}'",
]
router = APIRouter()


@router.get(PATH)
async def list_observations(principal: Annotated[Principal, Depends(Authorized("list_observations"))]) -> dict[str, Any]:
    """Say who asks."""
    return {"org": principal.org, "role": principal.role}


@pytest_asyncio.fixture
async def database(open_database: OpenDatabase) -> Database:
    return await open_database("ingest")


@pytest.fixture
def app(settings: Settings, database: Database, clock: Clock) -> FastAPI:
    return create_app(Service(name="ingest", settings=settings, database=database, clock=clock), [router])


@pytest_asyncio.fixture
async def service(app: FastAPI) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(transport=ASGITransport(app), base_url="http://ingest") as client:
        yield client


Change = Callable[[str], None]


@pytest.fixture
def change(urls: DatabaseUrls) -> Change:
    """Runs a statement as the identity service would."""

    def run(statement: str) -> None:
        with psycopg.connect(urls.services["identity"]) as connection:
            connection.execute(statement)

    return run


def token_of(headers: dict[str, str]) -> str:
    return headers["Authorization"].removeprefix("Bearer ")


async def test_a_token_tells_the_endpoint_who_asks(service: AsyncClient, bearer: Bearer) -> None:
    answer = await service.get(PATH, headers=bearer("telecom"))

    assert answer.json() == {"org": "telecom", "role": "carrier"}


async def test_the_scheme_is_read_in_any_case(service: AsyncClient, bearer: Bearer) -> None:
    answer = await service.get(PATH, headers={"authorization": f"bearer {token_of(bearer('telecom'))}"})

    assert answer.status_code == 200


async def test_a_role_that_may_not_is_refused_with_403(service: AsyncClient, bearer: Bearer, campaigns: Campaigns) -> None:
    leader = campaigns.signing_key.issue(
        issuer="http://localhost:8000",
        client_id="liangjiang-2022.leading_group.1",
        campaign="liangjiang-2022",
        org="leading_group",
        role=Role.LEADER,
        audience=("ingest",),
        now_s=int(time.time()),
        life_s=600,
    )
    narrow = await service.get(PATH, headers={"authorization": f"Bearer {leader}"})
    as_issued = await service.get(PATH, headers=bearer("leading_group"))

    assert (narrow.status_code, narrow.json()["code"]) == (403, "forbidden")
    assert (as_issued.status_code, as_issued.json()["code"]) == (403, "forbidden")


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("authorization", "")],
        [("authorization", "Bearer")],
        [("authorization", "Bearer ")],
        [("authorization", "Basic {token}")],
        [("authorization", "{token}")],
        [("authorization", "Bearer {token} ")],
        [("authorization", "Bearer  {token}")],
        [("authorization", "Bearer {token}, Bearer {token}")],
        [("authorization", "Bearer {token}"), ("authorization", "Bearer {token}")],
        [("authorization", "Bearer {token}é")],
        [("x-authorization", "Bearer {token}")],
    ],
    ids=[
        "none",
        "empty",
        "A22 scheme only",
        "A22 empty bearer",
        "Basic",
        "no scheme",
        "blank behind",
        "two blanks",
        "two in one",
        "A22 two headers",
        "not ASCII",
        "another header",
    ],
)
async def test_anything_but_one_bearer_header_is_refused(
    service: AsyncClient, bearer: Bearer, headers: list[tuple[str, str]]
) -> None:
    token = token_of(bearer("telecom"))
    raw = [(name.encode(), value.replace("{token}", token).encode()) for name, value in headers]

    answer = await service.get(PATH, headers=raw)

    assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert answer.headers["content-type"] == "application/problem+json"
    assert token not in answer.text


async def test_a22_a_token_in_the_query_string_lets_nobody_in(service: AsyncClient, bearer: Bearer) -> None:
    answer = await service.get(PATH, params={"access_token": token_of(bearer("telecom"))})

    assert answer.status_code == 401


@pytest.mark.parametrize(
    "statement",
    [*REVOCATIONS, "UPDATE signing_key SET retires_at = now()"],
    ids=["client disabled", "role changed", "organisation changed", "key revoked"],
)
@pytest.mark.parametrize("asked_last_s", [0, 29])
async def test_a19_what_changes_in_the_database_takes_effect_within_a_minute(
    service: AsyncClient, bearer: Bearer, travel: Travel, change: Change, statement: str, asked_last_s: int
) -> None:
    first, second = bearer("telecom"), bearer("telecom")
    before = await service.get(PATH, headers=first)
    travel.shift(1)
    change(statement)
    travel.shift(asked_last_s)
    await service.get(PATH, headers=second)  # whatever is remembered of this, it cannot be longer than the rest of the minute
    travel.shift(60 - asked_last_s)
    after = [await service.get(PATH, headers=headers) for headers in (first, second)]

    assert before.status_code == 200
    assert [answer.status_code for answer in after] == [401, 401]


async def test_a18_a_broken_key_locks_nobody_out(
    service: AsyncClient, bearer: Bearer, urls: DatabaseUrls, capfd: pytest.CaptureFixture[str]
) -> None:
    broken: list[object] = [
        {},
        [],
        None,
        {"kty": "RSA", "kid": "x"},
        {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "x": "A"},
    ]
    with psycopg.connect(urls.services["identity"]) as connection:
        for number, jwk in enumerate(broken):
            connection.execute(
                "INSERT INTO signing_key (kid, public_jwk, sealed_private, created_at, signs_from)"
                " VALUES (%s, %s::jsonb, '', now(), '1999-01-01')",
                [f"0-{number}", json.dumps(jwk)],
            )

    answer = await service.get(PATH, headers=bearer("telecom"))

    assert answer.status_code == 200
    assert capfd.readouterr().err.count('"signing_key_skipped"') == len(broken)


class Rounds:
    """Counts how often the database is asked, and can make it not answer."""

    def __init__(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        self.broken = False
        unscoped = database.unscoped

        def counting() -> Any:
            self.count += 1
            if self.broken:
                raise psycopg.OperationalError
            return unscoped()

        monkeypatch.setattr(database, "unscoped", counting)


@pytest.fixture
def rounds(database: Database, monkeypatch: pytest.MonkeyPatch) -> Rounds:
    return Rounds(database, monkeypatch)


@pytest.fixture
def ring(settings: Settings, database: Database, clock: Clock) -> KeyRing:
    return KeyRing(settings, database, clock, "ingest")


async def test_a_remembered_token_costs_no_round_trip_and_microseconds(ring: KeyRing, rounds: Rounds, bearer: Bearer) -> None:
    token = token_of(bearer("telecom"))
    await ring.authenticate(token)
    asked = rounds.count
    started = time.perf_counter()
    for _ in range(1000):
        await ring.authenticate(token)
    elapsed = time.perf_counter() - started

    assert asked == rounds.count == 1
    assert elapsed / 1000 < 100e-6


async def test_a_token_is_not_remembered_past_its_expiry(
    ring: KeyRing, campaigns: Campaigns, settings: Settings, travel: Travel
) -> None:
    token = campaigns.signing_key.issue(
        issuer=settings.token_issuer,
        client_id=TELECOM,
        campaign="liangjiang-2022",
        org="telecom",
        role=Role.CARRIER,
        audience=("ingest",),
        now_s=int(time.time()),
        life_s=5,
    )
    await ring.authenticate(token)
    travel.shift(5)

    with pytest.raises(TokenInvalid):
        await ring.authenticate(token)


@pytest.fixture
def new_client(change: Change, campaigns: Campaigns, settings: Settings) -> Callable[[], str]:
    """Creates another client of telecom, and returns a token of its own."""

    def create() -> str:
        change(
            "INSERT INTO client (client_id, campaign, org, number, role, secret_hash, created_at)"
            " VALUES ('liangjiang-2022.telecom.2', 'liangjiang-2022', 'telecom', 2, 'carrier', '', now())"
        )
        return campaigns.signing_key.issue(
            issuer=settings.token_issuer,
            client_id="liangjiang-2022.telecom.2",
            campaign="liangjiang-2022",
            org="telecom",
            role=Role.CARRIER,
            audience=("ingest",),
            now_s=int(time.time()),
            life_s=600,
        )

    return create


async def test_a_client_made_after_the_last_look_gets_in_at_once(
    ring: KeyRing, bearer: Bearer, new_client: Callable[[], str]
) -> None:
    await ring.authenticate(token_of(bearer("telecom")))

    assert (await ring.authenticate(new_client())).client_id == "liangjiang-2022.telecom.2"


@pytest.mark.parametrize("step_s", [-7200, -31, 31, 7200])
@pytest.mark.parametrize("statement", REVOCATIONS)
async def test_what_changes_takes_effect_within_a_minute_wherever_the_clock_is_set(
    ring: KeyRing, bearer: Bearer, travel: Travel, change: Change, step_s: int, statement: str
) -> None:
    before = token_of(bearer("telecom"))
    await ring.authenticate(before)
    travel.step_clock(step_s)
    change(statement)
    travel.shift(31)
    after = token_of(bearer("telecom"))

    for token in (before, after):
        with pytest.raises(TokenInvalid):
            await ring.authenticate(token)


@pytest.mark.parametrize("step_s", [-7200, -31, 0, 31, 7200])
@pytest.mark.parametrize("read_s", [0, 5, 19])
async def test_a_new_client_gets_in_at_once_wherever_the_clock_is_set(
    ring: KeyRing, bearer: Bearer, new_client: Callable[[], str], travel: Travel, step_s: int, read_s: int
) -> None:
    await ring.authenticate(token_of(bearer("telecom")))
    travel.shift(read_s)
    travel.step_clock(step_s)

    assert (await ring.authenticate(new_client())).client_id == "liangjiang-2022.telecom.2"


@pytest.mark.parametrize("step_s", [-7200, 7200])
async def test_a_failed_read_is_repeated_after_a_second_wherever_the_clock_is_set(
    ring: KeyRing, rounds: Rounds, bearer: Bearer, travel: Travel, step_s: int
) -> None:
    rounds.broken = True
    with pytest.raises(Overloaded):
        await ring.authenticate(token_of(bearer("telecom")))
    travel.step_clock(step_s)
    rounds.broken = False
    travel.shift(key_ring.RETRY_S)

    assert (await ring.authenticate(token_of(bearer("telecom")))).org == "telecom"


async def test_made_up_key_ids_do_not_make_the_database_work(
    ring: KeyRing, rounds: Rounds, settings: Settings, travel: Travel
) -> None:
    def forged() -> str:
        return tokens.SigningKeyPair.generate().issue(
            issuer=settings.token_issuer,
            client_id=TELECOM,
            campaign="liangjiang-2022",
            org="telecom",
            role=Role.CARRIER,
            audience=("ingest",),
            now_s=int(time.time()),
            life_s=600,
        )

    async def attack() -> None:
        for _ in range(20):
            travel.shift(0.001)
            with pytest.raises(TokenInvalid):
                await ring.authenticate(forged())

    await attack()
    at_first = rounds.count
    travel.shift(key_ring.UNKNOWN_KEY_S)
    await attack()

    assert at_first <= 2
    assert rounds.count == at_first + 1


async def test_without_the_database_tokens_are_good_for_half_a_minute_and_then_503(
    ring: KeyRing, rounds: Rounds, bearer: Bearer, travel: Travel
) -> None:
    await ring.authenticate(token_of(bearer("telecom")))
    rounds.broken = True
    travel.shift(25)
    assert (await ring.authenticate(token_of(bearer("mobile")))).org == "mobile"
    travel.shift(6)
    for _ in range(5):
        with pytest.raises(Overloaded) as refused:
            await ring.authenticate(token_of(bearer("unicom")))
    tried = rounds.count
    rounds.broken = False
    travel.shift(key_ring.RETRY_S)
    healed = await ring.authenticate(token_of(bearer("unicom")))

    assert isinstance(refused.value, Overloaded)
    assert tried == 3  # once, and once for each time the last try was a second ago
    assert healed.org == "unicom"


async def test_many_at_once_ask_the_database_once_or_twice(ring: KeyRing, rounds: Rounds, bearer: Bearer) -> None:
    everybody = [token_of(bearer(org)) for org in ("telecom", "mobile", "unicom", "economy") for _ in range(10)]

    await asyncio.gather(*(ring.authenticate(token) for token in everybody))

    assert rounds.count <= 2


async def test_what_is_remembered_stays_bounded(ring: KeyRing, bearer: Bearer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_ring, "MAX_CACHED", 3)
    for _ in range(10):
        await ring.authenticate(token_of(bearer("telecom")))

    assert len(ring._cached) <= 3


def test_an_operation_the_policy_does_not_know_cannot_be_declared() -> None:
    with pytest.raises(KeyError):
        Authorized("drop_everything")
