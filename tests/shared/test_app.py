"""The work of every service's application before and around its endpoints."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import psycopg
import pytest
import pytest_asyncio
import sqlalchemy.exc
from fastapi import APIRouter, Query
from httpx import ASGITransport, AsyncClient
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from pydantic import BaseModel

from shared.access.dependencies import Service
from shared.app import create_app
from shared.clock import Clock
from shared.database.database import Database
from shared.problems import AlreadyAcknowledged
from shared.settings import Settings
from shared.values.fields import RequestBody, TextLine
from tests.openapi_document import openapi_document

JSON = {"content-type": "application/json"}
ORIGIN = "https://pages.example"
PROJECT = Path(__file__).parents[2]
MAX_BYTES = 2_000


class Question(BaseModel):
    """Query parameters of the test endpoint."""

    limit: int = 5
    all: bool = False
    month: str | None = None
    area: list[str] = []


class Inner(RequestBody):
    """A body within a body."""

    street: TextLine


class Thing(RequestBody):
    """A thing as it is sent."""

    title: TextLine
    count: int = 0
    inner: Inner | None = None


def router() -> APIRouter:
    routes = APIRouter()

    @routes.get("/v1/things")
    async def list_things(question: Annotated[Question, Query()]) -> dict[str, int]:
        return {"limit": question.limit}

    @routes.post("/v1/things")
    async def create_thing(body: Thing) -> Thing:
        return body

    @routes.get("/v1/things/{name}")
    async def get_thing(name: str) -> dict[str, str]:
        raise ERRORS.get(name, RuntimeError(f"a secret about {name}"))

    @routes.get("/v1/numbers/{number}")
    async def get_number(number: int) -> dict[str, int]:
        return {"number": number}

    return routes


ERRORS: dict[str, Exception] = {
    "taken": AlreadyAcknowledged("已被占用", "it is taken"),
    "slow": psycopg.errors.QueryCanceled(),
    "read-only": psycopg.errors.ReadOnlySqlTransaction(),
    "full": psycopg.errors.DiskFull(),
    "locked": psycopg.errors.LockNotAvailable(),
    "gone": psycopg.OperationalError("server closed the connection"),
    "wrapped": sqlalchemy.exc.OperationalError("SELECT secret", {}, psycopg.errors.AdminShutdown()),
    "no-connection": sqlalchemy.exc.TimeoutError(),
    "own-mistake": sqlalchemy.exc.ProgrammingError("SELECT secret", {}, psycopg.errors.UndefinedColumn()),
}

RETRY_AFTER = {"read-only": "5", "full": "5"}


@pytest_asyncio.fixture
async def things(clock: Clock) -> AsyncIterator[AsyncClient]:
    """An app of one made-up service, whose database does not answer."""
    settings = Settings(mode="test", cors_origins=[ORIGIN], json_max_bytes=MAX_BYTES)
    database = Database("postgresql://nobody@127.0.0.1:1/nothing", application_name="test")
    app = create_app(Service(name="cases", settings=settings, database=database, clock=clock), [router()])
    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://localhost") as client:
        yield client


def codes(problem: dict[str, Any]) -> list[tuple[str, str]]:
    return [(error["where"], error["code"]) for error in problem["errors"]]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("GET", "/v1/things/", 404, "not_found"),  # no redirect that would name another host
        ("DELETE", "/v1/things", 405, "method_not_allowed"),
        ("TRACE", "/v1/things", 405, "method_not_allowed"),
        ("GET", "/v1/things?limt=1", 422, "schema"),
        ("GET", "/v1/numbers/seven", 422, "schema"),
        ("GET", "/v1/things/taken", 409, "already_acknowledged"),
        ("GET", "/v1/things/other", 500, "internal_error"),
        ("GET", "/v1/things/own-mistake", 500, "internal_error"),
        ("GET", "/v1/things/a%00b", 404, "not_found"),
        ("GET", "/v1/things/%ff%fe", 404, "not_found"),
        ("GET", "/v1/things/..%2fsecret", 404, "not_found"),
        ("GET", "/readyz", 503, "overloaded"),
        ("GET", "/docs/..%2f..%2fapp.py", 404, "not_found"),
        ("GET", "/openapi/other.json", 404, "not_found"),
    ],
)
async def test_every_refusal_is_a_problem_document(things: AsyncClient, method: str, path: str, status: int, code: str) -> None:
    answer = await things.request(method, path)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    problem = answer.json()
    assert (problem["status"], problem["code"], problem["type"]) == (status, code, f"/problems/{code.replace('_', '-')}")
    assert problem["instance"] == f"/requests/{answer.headers['x-request-id']}"
    assert set(problem) == {"type", "title", "status", "detail", "instance", "code", "errors"}


@pytest.mark.parametrize("name", ["slow", "locked", "gone", "wrapped", "no-connection", "read-only", "full"])
async def test_a_database_that_cannot_answer_now_is_overload(things: AsyncClient, name: str) -> None:
    answer = await things.get(f"/v1/things/{name}")

    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (
        503,
        "overloaded",
        RETRY_AFTER.get(name, "1"),
    )


async def test_a_failure_tells_the_log_and_nobody_else(things: AsyncClient, capsys: pytest.CaptureFixture[str]) -> None:
    answer = await things.get("/v1/things/other")

    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    failed = next(line for line in told if line["event"] == "failed")
    assert "a secret about other" in failed["exception"]
    assert failed["request_id"] == answer.headers["x-request-id"]


async def test_a_problem_speaks_the_language_that_was_asked_for(things: AsyncClient) -> None:
    chinese = await things.get("/v1/things/taken")
    english = await things.get("/v1/things/taken", headers={"accept-language": "fr, en-GB;q=0.8, zh;q=0.5"})

    assert (chinese.json()["title"], chinese.json()["detail"]) == ("贵单位已签收该月报", "已被占用")
    assert (english.json()["title"], english.json()["detail"]) == (
        "Your organisation has already acknowledged this report",
        "it is taken",
    )
    assert (english.headers["content-language"], "Accept-Language" in english.headers["vary"]) == ("en", True)


async def test_a_wrong_method_is_told_the_right_ones_of_all_routes_of_the_path(things: AsyncClient) -> None:
    answer = await things.put("/v1/things")

    assert answer.headers["allow"] == "GET, HEAD, POST"


async def test_whoever_asks_for_the_head_alone_gets_that_of_the_answer(things: AsyncClient) -> None:
    whole, head, wrong = [
        await things.request(method, path)
        for method, path in (("GET", "/v1/things"), ("HEAD", "/v1/things"), ("HEAD", "/v1/things?limit=x"))
    ]

    assert (head.status_code, head.content, wrong.status_code, wrong.content) == (200, b"", 422, b"")
    assert head.headers["content-length"] == whole.headers["content-length"] == str(len(whole.content))


async def test_an_unknown_query_parameter_is_refused_and_the_nearest_one_named(things: AsyncClient) -> None:
    answer = await things.get("/v1/things?mnoth=2022-08")

    assert codes(answer.json()) == [("query.mnoth", "unknown_parameter")]
    assert "month" in answer.json()["errors"][0]["hint"]["en"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=1&limit=2", [("query.limit", "repeated_parameter")]),
        ("limit=1_0", [("query.limit", "not_an_integer")]),
        ("limit=%2B5", [("query.limit", "not_an_integer")]),
        ("limit=+5", [("query.limit", "not_an_integer")]),
        ("limit=%EF%BC%95", [("query.limit", "not_an_integer")]),
        ("limit=5.0", [("query.limit", "not_an_integer")]),
        ("limit=", [("query.limit", "not_an_integer")]),
        ("all=yes", [("query.all", "not_a_flag")]),
        ("month=%00", [("query.month", "unstorable_text")]),
        ("month=%ff", []),
        ("x=1&y=2", [("query.x", "unknown_parameter"), ("query.y", "unknown_parameter")]),
        ("&".join(f"area={n}" for n in range(101)), []),
    ],
)
async def test_a_query_that_could_be_read_in_two_ways_is_refused(
    things: AsyncClient, query: str, expected: list[tuple[str, str]]
) -> None:
    answer = await things.get(f"/v1/things?{query}")

    assert (answer.status_code, codes(answer.json())) == (422, expected)


async def test_a_parameter_that_is_a_list_may_be_repeated(things: AsyncClient) -> None:
    assert (await things.get("/v1/things?area=a&area=b&limit=7&all=true")).json() == {"limit": 7}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"title":"a","count":NaN}', 400, "malformed"),
        (b'{"title":"a","count":-Infinity}', 400, "malformed"),
        (b'{"title":"a","count":1e400}', 400, "malformed"),
        (b'{"title":"a","count":' + b"9" * 1_500 + b"}", 400, "malformed"),
        (b'{"title":"a","title":"b"}', 400, "malformed"),
        (b'{"title":"a","inner":{"street":"x","street":"y"}}', 400, "malformed"),
        (b"[" * 33 + b"]" * 33, 400, "malformed"),
        (b"[" * 900, 400, "malformed"),
        (b"\xef\xbb\xbf" + b'{"title":"a"}', 400, "malformed"),
        ('{"title":"a"}'.encode("utf-16"), 400, "malformed"),
        (b'{"title":"\xff"}', 400, "malformed"),
        (b'{"title":"a"} {}', 400, "malformed"),
        (b'{"title":"a"}x', 400, "malformed"),
        (b'{"title":"a\nb"}', 400, "malformed"),
        (b"", 400, "malformed"),
        (b'{"title":"\\ud800"}', 422, "schema"),
        (b'{"title":"a\\u0000"}', 422, "schema"),
        (b'{"title":"a","\\u0000":1}', 422, "schema"),
        (b'{"title":"a\\u202eb"}', 422, "schema"),
        (b'{"title":"a\\r\\nb"}', 422, "schema"),
        (b"[]", 422, "schema"),
        (b'"text"', 422, "schema"),
        (b'{"title":1}', 422, "schema"),
        (b'{"title":"' + b"a" * MAX_BYTES + b'"}', 413, "too_large"),
    ],
)
async def test_a_json_body_is_read_strictly(things: AsyncClient, body: bytes, status: int, code: str) -> None:
    answer = await things.post("/v1/things", content=body, headers=JSON)

    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_a_body_of_unknown_length_is_cut_off_at_the_limit(things: AsyncClient) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(1_000):
            sent += 1_000
            yield b" " * 1_000

    answer = await things.post("/v1/things", content=endless(), headers=JSON)

    assert answer.status_code == 413
    assert sent <= MAX_BYTES + 1_000


@pytest.mark.parametrize(
    "headers",
    [
        {"content-type": "text/plain"},
        {"content-type": "application/xml"},
        {"content-type": "application/json; charset=utf-16"},
        {"content-type": "application/json", "content-encoding": "gzip"},
        {},
    ],
)
async def test_another_media_type_is_refused(things: AsyncClient, headers: dict[str, str]) -> None:
    answer = await things.post("/v1/things", content=b'{"title":"a"}', headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (415, "media_type")


async def test_an_unknown_body_field_is_refused_where_it_stands_and_the_nearest_one_named(things: AsyncClient) -> None:
    answer = await things.post("/v1/things", json={"titel": "a", "title": "b", "inner": {"street": "c", "stret": "d"}})

    assert codes(answer.json()) == [("/inner/stret", "unknown_field"), ("/titel", "unknown_field")]
    assert ["street" in error["hint"]["en"] or "title" in error["hint"]["zh"] for error in answer.json()["errors"]] == [True] * 2


async def test_a_refused_value_is_shown_cut_and_the_input_never_whole(things: AsyncClient) -> None:
    answer = await things.post("/v1/things", json={"title": "x" * 500, "inner": {"street": ["secret"]}})

    assert [error["value"] for error in answer.json()["errors"]] == ["x" * 64, None]
    assert "secret" not in answer.text


async def test_only_the_configured_origin_gets_permission_and_may_read_our_headers(things: AsyncClient) -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,if-match"}
    ours = await things.options("/v1/things", headers={"origin": ORIGIN, **asked})
    other = await things.options("/v1/things", headers={"origin": "https://evil.example", **asked})
    failed = await things.get("/v1/things/other", headers={"origin": ORIGIN})

    assert (ours.status_code, ours.headers["access-control-allow-origin"]) == (204, ORIGIN)
    assert "access-control-allow-origin" not in other.headers
    assert "access-control-allow-credentials" not in ours.headers
    assert failed.headers["access-control-allow-origin"] == ORIGIN
    exposed = {name.strip() for name in failed.headers["access-control-expose-headers"].split(",")}
    assert exposed >= {"ETag", "Location", "Retry-After", "X-Request-Id", "Idempotency-Replayed"}


async def test_a_page_may_call_every_operation_with_its_headers_and_read_theirs(things: AsyncClient) -> None:
    files = openapi_document()
    operations = [(method, operation) for path in files["paths"].values() for method, operation in path.items()]
    sent = {each["name"] for _, operation in operations for each in operation.get("parameters", []) if each["in"] == "header"}
    answers = [answer for _, operation in operations for answer in operation["responses"].values()]
    read = {name for answer in answers for name in answer.get("headers", {})}
    methods = {method.upper() for method, _ in operations}
    assert ("PUT" in methods, "If-Match" in sent, "ETag" in read) == (True, True, True)

    for method in methods:
        asked = {"access-control-request-method": method, "access-control-request-headers": ", ".join(sorted(sent))}
        answer = await things.options("/v1/things", headers={"origin": ORIGIN, **asked})
        assert (method, answer.status_code, answer.headers.get("access-control-allow-origin")) == (method, 204, ORIGIN)
        assert method in answer.headers["access-control-allow-methods"]
        assert sent <= set(answer.headers["access-control-allow-headers"].split(", "))
    exposed = (await things.get("/v1/things", headers={"origin": ORIGIN})).headers["access-control-expose-headers"]
    assert read <= set(exposed.split(", "))


async def test_request_and_trace_ids_come_in_and_go_out(things: AsyncClient) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    given = await things.get("/healthz", headers={"x-request-id": "abc-1", "traceparent": f"00-{trace}-b7ad6b7169203331-01"})
    evil = await things.get(
        "/healthz", headers={"x-request-id": "a b\x1b[31m", "traceparent": f"00-{'0' * 32}-b7ad6b7169203331-01"}
    )

    assert given.headers["x-request-id"] == "abc-1"
    assert given.headers["traceparent"].split("-")[1] == trace
    assert given.headers["traceparent"].split("-")[2] != "b7ad6b7169203331"
    assert len(evil.headers["x-request-id"]) == 36
    assert evil.headers["traceparent"].split("-")[1] != "0" * 32


async def test_what_a_client_sends_cannot_forge_a_log_line(things: AsyncClient, capsys: pytest.CaptureFixture[str]) -> None:
    agent = 'x"}\n{"event":"forged"}\x1b[31m\x85\u2028'.encode()
    await things.get("/v1/things/taken", headers={b"user-agent": agent, b"authorization": b"Bearer canary"})

    lines = capsys.readouterr().err.splitlines()
    assert [json.loads(line)["event"] for line in lines] == ["request"]
    assert "canary" not in lines[0]
    assert lines[0].isprintable()


async def test_a_request_with_the_tag_of_a_compressed_response_is_logged_with_its_route(
    things: AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("if-none-match", "if-match"):
        await things.get("/v1/things/taken", headers={name: '"1-gzip"'})

    assert [json.loads(line)["route"] for line in capsys.readouterr().err.splitlines()] == ["/v1/things/{name}"] * 2


async def test_metrics_count_by_route_and_never_by_path(things: AsyncClient) -> None:
    await things.get("/v1/things/canary-one")
    await things.get("/canary-two")
    await things.request("CANARY", "/v1/things")

    answer = await things.get("/metrics")

    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert "canary" not in answer.text.lower()
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}  # type: ignore[no-untyped-call]
    routes = {sample.labels["route"] for sample in families["gigacity_requests"].samples}
    assert {"/v1/things/{name}", "/v1/things", "unmatched"} <= routes


@pytest.mark.parametrize("path", ["/v1/things", "/nothing", "/healthz", "/docs", "/metrics"])
async def test_every_answer_carries_the_security_headers(things: AsyncClient, path: str) -> None:
    headers = (await things.get(path)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["content-security-policy"].startswith("default-src 'none'")


async def test_an_answer_that_succeeded_names_neither_the_request_nor_the_time(things: AsyncClient) -> None:
    first = await things.get("/v1/things", headers={"x-request-id": "one"})
    again = await things.get("/v1/things", headers={"x-request-id": "two"})

    assert first.content == again.content
