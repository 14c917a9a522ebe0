"""Group D: HTTP itself. A push that would be taken, but for how it is put on the wire."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

_ROW = {"metric": "fbb_subs_total", "area": "liangjiang", "month": "2000-12", "value": 5}
BODY = json.dumps({"observations": [_ROW]}).encode()
_CHUNK = b"%x\r\n%s\r\n" % (len(BODY), BODY)
_END = b"0\r\n\r\n"


@dataclass(frozen=True)
class Request:
    """A request in its parts, as they go out."""

    first: bytes = b"POST /v1/observations HTTP/1.1"
    host: tuple[bytes, ...] = (b"Host: localhost",)
    length: tuple[bytes, ...] = (b"Content-Length: %d" % len(BODY),)
    more: tuple[bytes, ...] = ()
    body: bytes = BODY
    line_end: bytes = b"\r\n"

    def sent(self, authorization: bytes) -> bytes:
        """Return the request's bytes with an `Authorization` header."""
        fixed = (b"Authorization: " + authorization, b"Content-Type: application/json")
        return self.line_end.join([self.first, *self.host, *fixed, *self.length, *self.more, b"", b""]) + self.body

    def head(self, authorization: bytes) -> bytes:
        """The same without its body."""
        return replace(self, body=b"").sent(authorization)

    def asking(self, target: bytes) -> "Request":
        """A question instead of a push."""
        return replace(self, first=b"GET %s HTTP/1.1" % target, length=(), body=b"")


GOOD = Request()
CHUNKED = replace(GOOD, length=(b"Transfer-Encoding: chunked",), body=_CHUNK + _END)


@dataclass(frozen=True)
class Framed:
    """A request that is refused for its framing."""

    name: str
    request: Request
    status: int = 400
    code: str = "malformed"


def cases() -> Iterator[Framed]:
    """Every way."""
    for name, request in _MALFORMED.items():
        yield Framed(name, request)
    for name, make in _TOO_LARGE.items():
        yield Framed(name, make(), 431, "header_too_large")
    for name, size in {"D5 a target of 70 KB": 70_000, "D5 a target of 17 KB": 17_000, "D5 a target of 5 MB": 5_000_000}.items():
        yield Framed(name, GOOD.asking(b"/v1/me?x=" + b"a" * size), 414, "uri_too_long")
    for name, (target, status, code) in _TARGETS.items():
        yield Framed(name, GOOD.asking(target), status, code)


def _with(*lines: bytes) -> Request:
    return replace(GOOD, more=lines)


def _length(*lines: bytes, body: bytes = BODY) -> Request:
    return replace(GOOD, length=lines, body=body)


def _chunks(body: bytes) -> Request:
    return replace(CHUNKED, body=body)


def _first(line: bytes) -> Request:
    return replace(GOOD, first=line)


def _hosts(*lines: bytes) -> Request:
    return replace(GOOD, host=lines)


_MALFORMED = {
    "D1 a length and chunks": _length(*GOOD.length, *CHUNKED.length, body=CHUNKED.body),
    "D1 chunks and a length": _length(*CHUNKED.length, *GOOD.length, body=CHUNKED.body),
    "D1 two lengths": _length(*GOOD.length, b"Content-Length: 1"),
    "D1 the same length twice": _length(*GOOD.length * 2),
    "D1 a list of lengths": _length(b"Content-Length: %d, %d" % (len(BODY), len(BODY))),
    "D1 a negative length": _length(b"Content-Length: -1"),
    "D1 a length with a plus": _length(b"Content-Length: +%d" % len(BODY)),
    "D1 a length of 23 digits": _length(b"Content-Length: " + b"9" * 23),
    "D1 a coding that is none": _length(b"Transfer-Encoding: xchunked", body=CHUNKED.body),
    "D1 a coding beside chunks": _length(b"Transfer-Encoding: gzip, chunked", body=CHUNKED.body),
    "D1 chunks that are not last": _length(b"Transfer-Encoding: chunked, identity", body=CHUNKED.body),
    "D1 chunks twice": _length(*CHUNKED.length * 2, body=CHUNKED.body),
    "D1 chunks of HTTP/1.0": replace(CHUNKED, first=b"POST /v1/observations HTTP/1.0"),
    "D1 a chunk of 17 digits": _chunks(b"f" * 17 + b"\r\n" + BODY),
    "D1 a chunk of negative size": _chunks(b"-" + _CHUNK + _END),
    "D1 a chunk in another notation": _chunks(b"0x" + _CHUNK + _END),
    "D1 chunks between bare line feeds": _chunks((_CHUNK + _END).replace(b"\r\n", b"\n")),
    "D1 a chunk longer than it says": _chunks(b"5\r\n" + BODY + b"\r\n" + _END),
    "D2 NUL in a value": _with(b"X-A: a\0b"),
    "D2 NUL in a name": _with(b"X\0A: b"),
    "D2 another control character": _with(b"X-A: a\x01b"),
    "D2 a bare line feed": _with(b"X-A: b\nX-B: c"),
    "D2 a bare carriage return": _with(b"X-A: b\rX-B: c"),
    "D2 line feeds alone": replace(GOOD, line_end=b"\n"),
    "D2 a folded header": _with(b"X-A: b", b" c"),
    "D2 a space before the colon": _with(b"X-A : b"),
    "D2 no colon": _with(b"X-A b"),
    "D2 no name": _with(b": b"),
    "D2 a name that is none": _with(b"X(A): b"),
    "D3 no host": _hosts(),
    "D3 two hosts": _hosts(b"Host: localhost", b"Host: evil.example"),
    "D3 the same host twice": _hosts(b"Host: localhost", b"Host: localhost"),
    "D3 an empty host": _hosts(b"Host:"),
    "D3 a host that is none": _hosts(b"Host: a b/c@d"),
    "D3 no version": _first(b"POST /v1/observations"),
    "D3 version 0.9": _first(b"POST /v1/observations HTTP/0.9"),
    "D3 version 1.2": _first(b"POST /v1/observations HTTP/1.2"),
    "D3 version 2.0": _first(b"POST /v1/observations HTTP/2.0"),
    "D3 the preface of HTTP/2": replace(_first(b"PRI * HTTP/2.0"), length=(), body=b"SM\r\n\r\n"),
    "D3 a handshake of TLS": _first(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200)),
    "D5 a target without a slash": _first(b"POST @evil HTTP/1.1"),
    "D5 another host": _first(b"POST http://evil.example/v1/observations HTTP/1.1"),
    "D5 a user in the target": _first(b"POST http://evil@localhost/v1/observations HTTP/1.1"),
    "D5 a fragment": _first(b"POST /v1/observations#x HTTP/1.1"),
    "D5 a blank in the target": _first(b"POST /v1/obser vations HTTP/1.1"),
    "D5 a target beyond ASCII": _first("POST /v1/礼嘉 HTTP/1.1".encode()),
    "D5 a tunnel": _first(b"CONNECT localhost:80 HTTP/1.1"),
    "D5 a method in small letters": _first(b"post /v1/observations HTTP/1.1"),
    "D5 a method that is none": _first(b"PUSH /v1/observations HTTP/1.1"),
}
_TOO_LARGE: dict[str, Callable[[], Request]] = {
    "D4 a header of 200 KB": lambda: _with(b"X-A: " + b"a" * 200_000),
    "D4 a header of 5 MB": lambda: _with(b"X-A: " + b"a" * 5_000_000),
    "D4 a name of 5 MB": lambda: _with(b"X" * 5_000_000 + b": a"),
    "D4 5 000 headers": lambda: _with(*[b"X-A: b"] * 5_000),
    "D4 101 headers": lambda: _with(*[b"X-A: b"] * 97),
    "D4 a trailer of 5 MB": lambda: _chunks(_CHUNK + b"0\r\nX-A: " + b"a" * 5_000_000 + b"\r\n\r\n"),
    "D4 300 000 trailers": lambda: _chunks(_CHUNK + b"0\r\n" + b"X-A: b\r\n" * 300_000 + b"\r\n"),
    "D4 a chunk that tells of itself for 5 MB": lambda: _chunks(b"5;" + b"a" * 5_000_000 + b"\r\n"),
}
_TARGETS = {
    "D6 NUL in an id": (b"/v1/imports/%00", 404, "not_found"),
    "D6 bytes of no encoding in an id": (b"/v1/imports/%ff%fe", 404, "not_found"),
    "D6 a path upwards in an id": (b"/v1/imports/..%2fme", 404, "not_found"),
    "D6 a path upwards": (b"/v1/imports/../me", 404, "not_found"),
    "D6 no hexadecimal digits": (b"/v1/imports/%zz", 422, "schema"),
    "D7 a parameter twice": (b"/v1/imports?limit=1&limit=2", 422, "schema"),
    "D7 an underscore in a number": (b"/v1/imports?limit=1_0", 422, "schema"),
    "D7 a plus before a number": (b"/v1/imports?limit=%2B5", 422, "schema"),
}
