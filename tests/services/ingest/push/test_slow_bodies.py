"""Bodies that trickle in, from real clients on real sockets: given up after a while, unless they are only large."""

import json
import select
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from cli.postgres.database_urls import DatabaseUrls
from cli.server.applications import all_services
from cli.server.serving import listen, serving
from shared.clock import Clock
from shared.settings import Settings
from tests.fixtures_api import Bearer
from tests.fixtures_campaign_api import rows
from tests.hostile import wire
from tests.hostile.case import as_problem

PATIENCE_S = 0.6
LEAST_BYTES_PER_S = 200
BODY = json.dumps(rows([("fbb_subs_total", "liangjiang", 5)])).encode()


@pytest.fixture
def port(urls: DatabaseUrls, settings: Settings, clock: Clock) -> Iterator[int]:
    """Serve all services with short deadlines; return the port."""
    impatient = {"body_patience_s": PATIENCE_S, "body_least_bytes_per_s": LEAST_BYTES_PER_S}
    hurried = urls.fill(settings).model_copy(update=impatient)
    with listen("127.0.0.1", 0) as listener, serving(all_services(hurried, clock), listener, hurried):
        yield listener.getsockname()[1]


SENT = (
    ("/v1/observations", "application/json"),
    ("/v1/observations/files", "application/x-ndjson"),
    ("/v1/registers/base_stations/files", "text/csv"),
    ("/v1/cases", "application/json"),
    ("/oauth2/token", "application/x-www-form-urlencoded"),
)


def trickle(connections: list[socket.socket]) -> list[float]:
    """Send byte after byte on every connection; the seconds after which each had its answer."""
    started, answered = time.monotonic(), dict[socket.socket, float]()
    for byte in BODY:
        for connection in set(connections) - set(answered):
            connection.sendall(bytes([byte]))
        time.sleep(0.05)
        for connection in select.select(connections, [], [], 0)[0]:
            answered.setdefault(connection, time.monotonic() - started)
        if len(answered) == len(connections):
            break
    return [answered[connection] for connection in connections]


def ended(connection: socket.socket) -> bool:
    """Return true if the server closed the connection; a byte still on its way is then answered with a reset."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_a_body_that_trickles_in_is_given_up_and_its_connection_closed(port: int, bearer: Bearer) -> None:
    token = ("Authorization", bearer("telecom")["Authorization"])
    with ExitStack() as stack:
        connections = [stack.enter_context(wire.connected(port)) for _ in SENT]
        for connection, (path, media) in zip(connections, SENT, strict=True):
            connection.sendall(wire.head("POST", path, [token, ("Content-Type", media), *_length(BODY)]))
        seconds = trickle(connections)
        answers = [wire.answer(connection) for connection in connections]
        ends = [ended(connection) for connection in connections]

    for answer in answers:
        problem = as_problem(answer, 408, "timeout")
        assert (problem["limit_seconds"], problem["limit_bytes_per_second"]) == (PATIENCE_S, LEAST_BYTES_PER_S)
        assert answer.headers["Connection"] == "close"
    assert ends == [True] * len(SENT)
    assert min(seconds) > PATIENCE_S * 0.9
    assert stored(port, bearer) == 0


def test_a_large_body_over_a_slow_line_has_the_time_that_its_size_takes(port: int, bearer: Bearer) -> None:
    body = BODY + b" " * 1_000
    token, started = ("Authorization", bearer("telecom")["Authorization"]), time.monotonic()
    with wire.connected(port) as connection:
        connection.sendall(wire.head("POST", "/v1/observations", [token, ("Content-Type", "application/json"), *_length(body)]))
        for place in range(0, len(body), 80):
            connection.sendall(body[place : place + 80])
            time.sleep(0.08)
        answer = wire.answer(connection)

    assert time.monotonic() - started > PATIENCE_S
    assert answer.status == 201, answer.body
    assert stored(port, bearer) == 1


def stored(port: int, bearer: Bearer) -> int:
    """Return the number of imports, those of the slow connections included."""
    token = ("Authorization", bearer("telecom")["Authorization"])
    total: int = wire.exchange(port, wire.request("GET", "/v1/imports", [token])).document["total"]
    return total


def _length(body: bytes) -> list[wire.Header]:
    return [("Content-Length", str(len(body)))]
