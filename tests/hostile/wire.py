"""HTTP as bytes on a socket: what a polite client would never send, or would put right before sending it."""

import json
import socket
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPMessage, HTTPResponse, parse_headers
from typing import Any

PATIENCE_S = 30.0

Header = tuple[str, str | bytes]


@dataclass(frozen=True)
class Answer:
    """A response as received."""

    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def document(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


def head(method: str, path: str, headers: Iterable[Header]) -> bytes:
    """A request up to its body. Values go out as they are, in UTF-8 where they are text."""
    lines = [f"{method} {path} HTTP/1.1".encode(), b"Host: localhost"]
    lines += [name.encode() + b": " + (value if isinstance(value, bytes) else value.encode()) for name, value in headers]
    return b"\r\n".join([*lines, b"", b""])


def request(method: str, path: str, headers: Iterable[Header], body: bytes = b"") -> bytes:
    """A request with the length of its body announced."""
    return head(method, path, [*headers, ("Content-Length", str(len(body)))]) + body


def chunked(method: str, path: str, headers: Iterable[Header], chunks: Iterable[bytes]) -> Iterator[bytes]:
    """A request whose body announces no length."""
    yield head(method, path, [*headers, ("Transfer-Encoding", "chunked")])
    for chunk in chunks:
        if chunk:
            yield f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n"
    yield b"0\r\n\r\n"


@contextmanager
def connected(port: int) -> Iterator[socket.socket]:
    """A connection of its own."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield connection


def answer(connection: socket.socket) -> Answer:
    """The next answer on a connection."""
    response = HTTPResponse(connection)
    with response:
        response.begin()
        return Answer(response.status, response.headers, response.read())


def answers(connection: socket.socket) -> list[Answer]:
    """Every answer that comes until the other side closes the connection."""
    found = []
    with connection.makefile("rb") as came:
        while first := came.readline():
            headers = parse_headers(came)
            found.append(Answer(int(first.split()[1]), headers, came.read(int(headers["Content-Length"] or 0))))
    return found


def exchange(port: int, sent: bytes | Iterable[bytes]) -> Answer:
    """Send on a new connection and read the answer, also one that comes before everything is sent."""
    with connected(port) as connection:
        with suppress(ConnectionError):  # a server that has answered may stop listening
            for part in (sent,) if isinstance(sent, bytes) else sent:
                connection.sendall(part)
        return answer(connection)
