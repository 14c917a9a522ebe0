"""POST /oauth2/token."""

import asyncio
import base64
import json
from collections import Counter
from contextlib import ExitStack
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import update
from sqlmodel import col

from cli.postgres.database_urls import DatabaseUrls
from services.identity import clients, issuer
from services.identity.app import create
from services.identity.attempts import MAX_FAILED, MAX_PLACES, MAX_PLACES_PER_ADDRESS, NoPlaceError, Places, sender_of
from services.identity.client_secrets import SecretHashes, digest_matches
from services.identity.clients import IssuedClient
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import Settings
from shared.tables.client import Client
from tests.fixtures_postgres import Server
from tests.fixtures_settings import NOW, Travel
from tests.services.identity.conftest import ClientOf

GRANT = {"grant_type": "client_credentials"}


async def ask(identity: AsyncClient, client: IssuedClient, secret: str | None = None, **more: str) -> httpx.Response:
    return await identity.post("/oauth2/token", data={**GRANT, **more}, auth=(client.client_id, secret or client.secret))


def claims_of(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


async def test_a_client_gets_a_token_of_ten_minutes_by_http_basic(identity: AsyncClient, client_of: ClientOf) -> None:
    client = client_of("telecom")

    answer = await ask(identity, client)

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert set(body) == {"access_token", "token_type", "expires_in"}
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 600)
    claims = claims_of(body["access_token"])
    assert claims["exp"] - claims["iat"] == 600
    assert claims["sub"] == claims["client_id"] == "liangjiang-2022.telecom.1"
    assert (claims["campaign"], claims["org"], claims["role"]) == ("liangjiang-2022", "telecom", "carrier")


async def test_the_secret_may_stand_in_the_form(identity: AsyncClient, client_of: ClientOf) -> None:
    client = client_of("telecom")

    answer = await identity.post("/oauth2/token", data={**GRANT, "client_id": client.client_id, "client_secret": client.secret})

    assert answer.status_code == 200
    assert claims_of(answer.json()["access_token"])["org"] == "telecom"


async def test_a_token_is_good_at_all_services_which_say_what_its_role_may(identity: AsyncClient, client_of: ClientOf) -> None:
    leader = (await ask(identity, client_of("leading_group"))).json()["access_token"]
    carrier = (await ask(identity, client_of("mobile"))).json()["access_token"]

    assert claims_of(leader)["aud"] == claims_of(carrier)["aud"] == ["identity", "ingest", "indicators", "cases"]


async def test_parameters_it_does_not_know_are_ignored(identity: AsyncClient, client_of: ClientOf) -> None:
    client = client_of("telecom")

    answer = await ask(identity, client, scope="everything", resource="urn:x", nonsense="1")
    with_query = await identity.post("/oauth2/token?x=1", data=GRANT, auth=(client.client_id, client.secret))

    assert answer.status_code == with_query.status_code == 200


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("", "invalid_request"),
        ("grant_type=", "invalid_request"),
        ("grant_type=password", "unsupported_grant_type"),
        ("grant_type=client_credentials&grant_type=client_credentials", "invalid_request"),
        ("grant_type=client_credentials&client_secret=x", "invalid_request"),
        ("grant_type=client_credentials&client_id=another.one.1", "invalid_request"),
        ("grant_type=%ff", "invalid_request"),
        ("grant_type=\u80fd", "invalid_request"),
        ("&".join(f"a{number}=1" for number in range(40)), "invalid_request"),
        ("grant_type=client_credentials&pad=" + "x" * 9000, "invalid_request"),
    ],
)
async def test_a_malformed_request_is_told_so_in_the_words_of_the_rfc(identity: AsyncClient, body: str, error: str) -> None:
    answer = await identity.post(
        "/oauth2/token",
        content=body.encode(),
        headers={"content-type": "application/x-www-form-urlencoded"},
        auth=("liangjiang-2022.telecom.1", "x"),
    )

    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.headers["cache-control"] == "no-store"


async def test_a_json_body_is_refused(identity: AsyncClient) -> None:
    answer = await identity.post("/oauth2/token", json=GRANT)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!!", "Bearer x", "Basic " + base64.b64encode(b"no colon").decode(), "Basic /w=="]
)
async def test_an_authorization_header_that_is_not_basic_is_refused(identity: AsyncClient, header: str) -> None:
    answer = await identity.post("/oauth2/token", data=GRANT, headers={"authorization": header})

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_two_authorization_headers_are_refused(identity: AsyncClient, client_of: ClientOf) -> None:
    client = client_of("telecom")
    basic = "Basic " + base64.b64encode(f"{client.client_id}:{client.secret}".encode()).decode()

    answer = await identity.post("/oauth2/token", data=GRANT, headers=[("authorization", basic), ("authorization", basic)])

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_nobody_is_told_why_a_client_was_refused(
    identity: AsyncClient, client_of: ClientOf, identity_database: Database
) -> None:
    telecom, revoked = client_of("telecom"), client_of("mobile")
    await clients.revoke_client(identity_database, revoked.client_id, now=Clock.real_now())

    wrong = await ask(identity, telecom, "wrong")
    unknown = await identity.post("/oauth2/token", data=GRANT, auth=("liangjiang-2022.telecom.99", "wrong"))
    ended = await ask(identity, revoked)
    nonsense = await identity.post("/oauth2/token", data=GRANT, auth=("' OR 1=1 --\x00", "x" * 5000))
    empty = await identity.post("/oauth2/token", data=GRANT)

    answers = [wrong, unknown, ended, nonsense, empty]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert wrong.json()["error"] == "invalid_client"
    assert wrong.headers["www-authenticate"].startswith("Basic ")


async def test_an_unknown_client_takes_as_much_work_as_a_known_one(
    identity: AsyncClient, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []

    def counting(secret_hash: str, digest: bytes, secret: str) -> bool:
        compared.append(len(digest))
        return digest_matches(secret_hash, digest, secret)

    monkeypatch.setattr(issuer, "digest_matches", counting)
    for name in (client_of("telecom").client_id, "liangjiang-2022.nobody.1", "nonsense"):
        await identity.post("/oauth2/token", data=GRANT, auth=(name, "x"))

    assert len(compared) == 4  # once more for the client as it is now
    assert set(compared) == {48}


async def test_the_eleventh_wrong_secret_within_a_minute_has_to_wait_and_a_right_one_never(
    identity: AsyncClient, client_of: ClientOf, travel: Travel
) -> None:
    client, other = client_of("telecom"), client_of("mobile")

    statuses = [(await ask(identity, client, "wrong")).status_code for _ in range(10)]
    travel.step_clock(-7200)  # is nobody's reason to wait longer
    limited = await ask(identity, client, "wrong")
    right = [(await ask(identity, one)).status_code for one in (client, other)]
    travel.shift(60)
    later = await ask(identity, client, "wrong")

    assert statuses == [401] * 10
    assert limited.status_code == 429
    assert limited.headers["retry-after"] == "60"
    assert limited.json()["error"] == "temporarily_unavailable"
    assert right == [200, 200]
    assert later.status_code == 401


async def test_many_wrong_secrets_at_once_count_like_many_in_a_row_and_hold_up_no_right_one(
    identity: AsyncClient, client_of: ClientOf
) -> None:
    victim = client_of("telecom")
    right = [client_of(org) for org in ("telecom", "mobile", "unicom", "lijia")]

    answers = await asyncio.gather(*[ask(identity, victim, "wrong") for _ in range(150)], *[ask(identity, one) for one in right])

    wrong = Counter(answer.status_code for answer in answers[:150])
    assert wrong.keys() <= {401, 429, 503}
    assert wrong[401] + wrong[503] <= MAX_FAILED  # 503: on a busy machine the audit waits too long for a connection
    assert [answer.status_code for answer in answers[150:]] == [200] * 4


async def test_guesses_are_limited_by_client_and_by_address(identity_app: FastAPI, client_of: ClientOf) -> None:
    victim, other = client_of("telecom"), client_of("mobile")

    def at(address: str) -> AsyncClient:
        return AsyncClient(transport=ASGITransport(identity_app, client=(address, 1)), base_url="http://identity")

    async with at("10.0.0.1") as attacker, at("10.0.0.2") as neighbour, at("10.0.0.3") as third:
        for number in range(10):
            await attacker.post("/oauth2/token", data=GRANT, auth=(f"liangjiang-2022.unicom.{number}", "wrong"))
        by_address = await ask(attacker, other, "wrong")
        elsewhere = await ask(neighbour, other, "wrong")
        for _ in range(9):
            await ask(neighbour, victim, "wrong")
        tenth, by_client = [await ask(third, victim, "wrong") for _ in range(2)]
        in_its_own_name = [(await ask(anywhere, victim)).status_code for anywhere in (attacker, neighbour, third)]

    assert (by_address.status_code, elsewhere.status_code) == (429, 401)
    assert (tenth.status_code, by_client.status_code) == (401, 429)
    assert in_its_own_name == [200, 200, 200]  # nobody is kept from its token by what others guess


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unknown", "unknown"),
    ],
)
def test_a_network_of_ipv6_counts_as_one_address(address: str, counted: str) -> None:
    assert sender_of(address) == counted


async def test_a_client_of_the_previous_release_is_verified_by_its_hash_once(
    identity: AsyncClient, client_of: ClientOf, identity_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of("telecom")
    await without_digests(identity_database)
    hashed: list[str] = []
    verify = SecretHashes._verify

    def counting(hashes: SecretHashes, secret_hash: str, secret: str) -> bool:
        hashed.append(secret)
        return verify(hashes, secret_hash, secret)

    monkeypatch.setattr(SecretHashes, "_verify", counting)
    wrong = await ask(identity, client, "wrong")
    right = [(await ask(identity, client)).status_code for _ in range(3)]

    assert (wrong.status_code, right) == (401, [200] * 3)
    assert hashed == ["wrong", client.secret]


async def test_a_secret_that_the_previous_release_replaced_is_the_only_right_one(
    identity: AsyncClient, client_of: ClientOf, identity_database: Database
) -> None:
    client = client_of("telecom")
    replaced = await SecretHashes().hash("another")
    async with identity_database.session(None) as session:
        await session.exec(update(Client).where(col(Client.client_id) == client.client_id).values(secret_hash=replaced))

    assert (await ask(identity, client)).status_code == 401
    assert [(await ask(identity, client, "another")).status_code for _ in range(2)] == [200, 200]


async def test_hashes_are_verified_for_few_at_once_of_an_address_and_in_all(
    identity_app: FastAPI, client_of: ClientOf, identity_database: Database
) -> None:
    victim, others = client_of("telecom"), [client_of(org) for org in ("mobile", "unicom", "tower", "lijia", "renhe")]
    async with identity_database.session(None) as session:
        await session.exec(update(Client).where(col(Client.client_id) != others[0].client_id).values(secret_digest=None))

    flood = [ask(at_address(identity_app, "10.0.0.1"), victim, "wrong") for _ in range(50)]
    flood += [ask(at_address(identity_app, f"10.0.1.{number}"), others[1], "wrong") for number in range(50)]
    answers = await asyncio.gather(*flood, ask(at_address(identity_app, "10.0.0.1"), others[0]))

    from_one = Counter(answer.status_code for answer in answers[:50])
    from_many = Counter(answer.status_code for answer in answers[50:100])
    assert from_one[401] <= MAX_FAILED
    assert from_one[429] == 50 - from_one[401] - from_one[503]
    assert from_many[429] > 0
    assert from_many[429] == 50 - from_many[401] - from_many[503]
    assert answers[100].status_code == 200  # it has a digest, and waits for nobody
    for other in others:
        assert (await ask(at_address(identity_app, "10.0.0.1"), other)).status_code == 200


def test_few_attempts_of_an_address_and_few_in_all_have_a_place() -> None:
    places = Places()
    with ExitStack() as taken:
        for number in range(MAX_PLACES):
            taken.enter_context(places.place_for(f"10.0.0.{number // MAX_PLACES_PER_ADDRESS}"))
            if number + 1 == MAX_PLACES_PER_ADDRESS:
                with pytest.raises(NoPlaceError), places.place_for("10.0.0.0"):
                    pass
        with pytest.raises(NoPlaceError), places.place_for("10.0.0.99"):
            pass
    with places.place_for("10.0.0.0"), places.place_for("10.0.0.99"):
        pass


def at_address(app: FastAPI, address: str) -> AsyncClient:
    """Return a client at an address."""
    return AsyncClient(transport=ASGITransport(app, client=(address, 1)), base_url="http://identity")


async def without_digests(database: Database) -> None:
    """Leave the clients as the previous release stored them."""
    async with database.session(None) as session:
        await session.exec(update(Client).where(col(Client.client_id) != "").values(secret_digest=None))


async def test_wrong_secrets_stand_in_the_audit_as_many_as_the_limits_let_through(
    settings: Settings,
    identity_database: Database,
    client_of: ClientOf,
    urls: DatabaseUrls,
    monkeypatch: pytest.MonkeyPatch,
    travel: Travel,
) -> None:
    monkeypatch.setattr(issuer, "MAX_UNKNOWN_AUDITED", 2)
    app, telecom = create(settings, identity_database, Clock(NOW)), client_of("telecom")

    async def guess(address: str, *names: str) -> list[int]:
        async with AsyncClient(transport=ASGITransport(app, client=(address, 1)), base_url="http://identity") as guesser:
            return [(await guesser.post("/oauth2/token", data=GRANT, auth=(name, "wrong"))).status_code for name in names]

    in_one_name = await guess("10.0.0.1", *[telecom.client_id] * 11)
    at_random = await guess("10.0.0.2", "liangjiang-2022.telecom.99", "a secret in the wrong place", "liangjiang-2022.x.1")
    travel.shift(60)
    later = await guess("10.0.0.3", "national-2022.telecom.99")

    found = {}
    with psycopg.connect(urls.owner) as connection:
        for campaign, org in (("liangjiang-2022", "telecom"), ("*", "*")):
            connection.execute("SELECT gigacity_begin(%s, %s, 'own')", [campaign, org])
            rows = connection.execute("SELECT org, actor, subject FROM audit WHERE operation = 'refuse_client'")
            found[campaign] = sorted(rows.fetchall())  # the clock stands, so their ids tell no order
    assert (in_one_name, at_random, later) == ([*[401] * 10, 429], [401] * 3, [401])
    assert found["liangjiang-2022"] == [("telecom", "address 10.0.0.1", telecom.client_id)] * 10
    assert found["*"] == [
        ("*", "address 10.0.0.2", "liangjiang-2022.telecom.99"),
        ("*", "address 10.0.0.2", "unknown"),
        ("*", "address 10.0.0.3", "national-2022.telecom.99"),
    ]


async def test_neither_secret_nor_token_is_stored_or_logged(
    identity: AsyncClient,
    client_of: ClientOf,
    server: Server,
    urls: DatabaseUrls,
    capfd: pytest.CaptureFixture[str],
) -> None:
    client = client_of("telecom")
    token = (await ask(identity, client)).json()["access_token"]
    await ask(identity, client, client.secret + "x")
    await identity.get("/v1/me", headers={"authorization": f"Bearer {token}"})
    await identity.get("/v1/me", headers={"authorization": f"Bearer {token}x"})

    logged = "".join(capfd.readouterr())
    stored = everything_in(urls, server)
    assert "client_refused" in logged
    for canary in (client.secret, token, token.rsplit(".")[2]):
        assert canary not in logged
        assert canary not in stored
    assert "$argon2id$" in stored


def everything_in(urls: DatabaseUrls, server: Server) -> str:
    name = urls.owner.rsplit("/", 1)[1].partition("?")[0]
    with psycopg.connect(server.superuser, dbname=name) as connection:
        tables = connection.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = [connection.execute(f"SELECT t::text FROM {table} t").fetchall() for (table,) in tables]
    return "\n".join(text for table in rows for (text,) in table)
