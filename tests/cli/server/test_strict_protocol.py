"""Request heads that arrive slowly or never, over real sockets."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from cli.server.serving import listen, serving
from shared.settings import Settings

TIMEOUT_S = 0.5
HEAD = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
SLOW = 30


async def _answer(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("done")


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a server with a short timeout for request heads."""
    settings = Settings(head_patience_s=TIMEOUT_S)
    with (
        listen("127.0.0.1", 0) as listener,
        serving(Starlette(routes=[Route("/", _answer)]), listener, settings),
    ):
        yield listener.getsockname()[1]


def _connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=10)


def _seconds_until_closed(connection: socket.socket, started: float) -> float:
    while connection.recv(65_536):
        pass
    return time.monotonic() - started


def test_connections_without_a_whole_head_are_closed_and_others_are_served_meanwhile(port: int) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(_connected(port)) for _ in range(SLOW)]
        started = time.monotonic()
        for place, connection in enumerate(slow):
            connection.sendall(HEAD[: place % 20])  # some say nothing at all
        with _connected(port) as quick:
            quick.sendall(HEAD)
            assert quick.recv(65_536).startswith(b"HTTP/1.1 200")
        seconds = [_seconds_until_closed(connection, started) for connection in slow]

    assert min(seconds) > TIMEOUT_S * 0.9
    assert max(seconds) < TIMEOUT_S + 3


def test_a_second_request_that_does_not_come_to_its_end_closes_the_connection_too(port: int) -> None:
    with _connected(port) as connection:
        connection.sendall(HEAD)
        assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
        started = time.monotonic()
        over = threading.Event()

        def trickle() -> None:
            for byte in b"\r\n" * 100:  # no message begins with these, but the line is not idle either
                try:
                    connection.sendall(bytes([byte]))
                except OSError:
                    break
                if over.wait(0.05):
                    break

        trickling = threading.Thread(target=trickle)
        trickling.start()
        try:
            took = _seconds_until_closed(connection, started)
        except ConnectionResetError:
            took = time.monotonic() - started
        finally:
            over.set()
            trickling.join()

    assert TIMEOUT_S * 0.9 < took < TIMEOUT_S + 2


def test_a_whole_head_has_all_the_time_it_needs_for_its_answer(port: int) -> None:
    with _connected(port) as connection:
        for _ in range(3):
            connection.sendall(HEAD)
            assert connection.recv(65_536).startswith(b"HTTP/1.1 200")
            time.sleep(TIMEOUT_S * 1.4)  # idle between requests is not slow


PROPOSALS = {
    "websocket": ("GET", ["Connection: Upgrade", "Upgrade: websocket"], ""),
    "h2c": ("GET", ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAA"], ""),
    "with a body": ("POST", ["Connection: Upgrade", "Upgrade: h2c", "Content-Length: 4"], "body"),
    "in chunks": ("POST", ["Connection: upgrade", "Upgrade: x", "Transfer-Encoding: chunked"], "1\r\na\r\n0\r\n\r\n"),
}
PIPELINED = 1_500  # more than Python's limit of recursion


@pytest.mark.parametrize("proposal", PROPOSALS)
def test_as_many_proposals_as_a_connection_sends_at_once_are_passed_over_one_after_the_other(port: int, proposal: str) -> None:
    method, headers, body = PROPOSALS[proposal]
    one = "\r\n".join([f"{method} / HTTP/1.1", "Host: localhost", *headers, "", body])
    sent = one.encode() * PIPELINED + HEAD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    answers = b""
    with _connected(port) as connection:
        threading.Thread(target=connection.sendall, args=[sent]).start()
        while piece := connection.recv(1 << 20):
            answers += piece

    assert answers.count(b"HTTP/1.1 405" if method == "POST" else b"HTTP/1.1 200") >= PIPELINED
    assert answers.count(b"HTTP/1.1 ") == PIPELINED + 1
