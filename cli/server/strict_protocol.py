"""uvicorn's HTTP protocol with strict request heads: in time, of limited size, and with one meaning.

A refused request gets a problem document like any other, and its connection ends.
"""

from asyncio import TimerHandle, Transport
from http import HTTPStatus
from typing import ClassVar, Final

import httptools
import structlog
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from cli.server.request_head import HEAD_MAX_BYTES, RequestHead, head_problem, header_line, size_problem
from shared.http.middleware import SECURITY_HEADERS
from shared.http.problem_responses import problem_response
from shared.problems import Malformed, Problem
from shared.values.uuid7 import uuid7

LINGER_S: Final = 1.0  # a connection that is closed while data still arrives loses the response
_UPGRADE_HEADERS: Final = frozenset({b"upgrade", b"http2-settings"})

_log = structlog.get_logger()


class _StrictProtocol(HttpToolsProtocol):
    """Checks each request head before uvicorn handles it."""

    head_timeout_s: ClassVar[float]
    url = b""
    _head_timer: TimerHandle | None = None  # runs from the connection's start, or from the first byte of a further request
    _head = RequestHead("", b"", b"", ())  # the last complete one
    _problem: Problem | None = None  # of the last complete head
    _upgrade_proposed = False  # by the last complete head
    _in_head = False
    _in_body = False
    _head_began = False  # in the current piece of data
    _body_arrived = False  # in the current piece of data
    _endless_bytes = 0  # of a head, or of chunk framing without content, since the piece of data that it began in
    _refused = False  # further data is ignored

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as in uvicorn
        super().connection_made(transport)
        self._start_head_timer()

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        self._unset_keepalive_if_required()
        if self._head_timer is None and (self.cycle is None or self.cycle.response_complete):
            self._start_head_timer()
        self._head_began = self._body_arrived = False
        self._feed_parser(data)
        endless = (self._in_head and not self._head_began) or (self._in_body and not self._body_arrived)
        self._endless_bytes = self._endless_bytes + len(data) if endless else 0
        if self._endless_bytes > HEAD_MAX_BYTES and not self._refused:
            self._refuse(size_problem(self.url))

    def _feed_parser(self, data: bytes) -> None:
        """Pass data to the parser. After a proposed upgrade the parser stops, so it gets the head again without the proposal."""
        rest = memoryview(data)
        try:
            while rest:
                rest = self._rest_after_upgrade(rest)
        except httptools.HttpParserError:
            self._refuse(self._problem or Malformed("不是合法的 HTTP/1.1 请求。", "The data is not a valid HTTP/1.1 request."))

    def _rest_after_upgrade(self, data: memoryview) -> memoryview:
        """Pass data to the parser up to a head that proposes an upgrade; return what follows that head."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as in uvicorn
            self.parser.feed_data(self._head.without(_UPGRADE_HEADERS))
            return data[upgrade.args[0] :]
        return data[:0]

    def on_message_begin(self) -> None:
        self._head_began, self._in_head, self._upgrade_proposed = True, True, False
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_body:  # trailers are ignored: no service uses them
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._stop_head_timer()
        self._head = RequestHead(self.parser.get_http_version(), self.parser.get_method(), self.url, self.headers)
        self._problem = head_problem(self._head)
        if self._problem:
            raise ValueError(self._problem.code())  # stops the parser
        self._in_head = False
        self._upgrade_proposed = self.parser.should_upgrade()
        if not self._upgrade_proposed:
            super().on_headers_complete()
            self._in_body = True

    def on_body(self, body: bytes) -> None:
        self._body_arrived = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._upgrade_proposed:
            super().on_message_complete()
            self._in_body = False

    def _refuse(self, problem: Problem) -> None:
        """Respond and end the connection; if an earlier request is still being answered, end it after that response."""
        self._refused = True
        self._stop_head_timer()
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete and not self._in_body:
            cycle.keep_alive = False
        elif self._in_body and (cycle.response_started or self.pipeline):
            self.transport.close()
        else:
            if self._in_body:  # the service must not wait for the rest of the body, nor respond
                cycle.disconnected = True
                cycle.message_event.set()
            self._respond(problem)
            self.loop.call_later(LINGER_S, self.transport.close)

    def _respond(self, problem: Problem) -> None:
        request_id = str(uuid7())
        scope: Scope = {"type": "http", "headers": self.headers or [], "state": {"request_id": request_id}}
        _log.info("refused", code=problem.code(), request_id=request_id, client=(self.client or [None])[0])
        response = problem_response(problem, scope)
        response.headers.update({**SECURITY_HEADERS, "X-Request-Id": request_id, "Connection": "close"})
        status_line = f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}".encode()
        self.transport.write(b"\r\n".join([status_line, *map(header_line, response.raw_headers), b"", bytes(response.body)]))

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_head_timer()
        super().connection_lost(exc)

    def _start_head_timer(self) -> None:
        self._head_timer = self.loop.call_later(self.head_timeout_s, self.transport.close)

    def _stop_head_timer(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


def strict_protocol(head_timeout_s: float) -> type[HttpToolsProtocol]:
    """Return the protocol class with a time limit for each request head."""
    return type("StrictProtocol", (_StrictProtocol,), {"head_timeout_s": head_timeout_s})
