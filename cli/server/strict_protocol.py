"""Connections: a head has to come in time, to be of bounded size, and to have one meaning. uvicorn itself takes any.

What is refused here is refused as everywhere, by a problem document, and ends the connection.
"""

from asyncio import TimerHandle, Transport
from http import HTTPStatus
from typing import ClassVar, Final

import httptools
import structlog
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from cli.server import request_head
from shared.http import problem_responses
from shared.http.middleware import SECURITY_HEADERS
from shared.problems import Malformed, Problem
from shared.values.uuid7 import uuid7

LINGER_S: Final = 1.0  # for what is still on its way: a connection that is closed upon it takes the answer with it
_PROPOSAL: Final = frozenset({b"upgrade", b"http2-settings"})  # of another protocol

log = structlog.get_logger()


class _StrictProtocol(HttpToolsProtocol):
    """Looks at each head before uvicorn does."""

    patience_s: ClassVar[float]
    url = b""
    _waiting: TimerHandle | None = None  # from a connection's first moment, or the first byte of a further request
    _head = request_head.Head("", b"", b"", ())  # the last one that was whole
    _problem: Problem | None = None  # with it
    _proposed = False  # by it: another protocol
    _in_head = False
    _in_body = False
    _begun = False  # a head, in the piece that came last
    _brought = False  # some of the body, by the piece that came last
    _pending = 0  # bytes of a head, or in a body of chunks that bring nothing of it, without the piece they began in
    _over = False  # whatever comes is passed over

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as in uvicorn
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        if self._over:
            return
        self._unset_keepalive_if_required()
        if self._waiting is None and (self.cycle is None or self.cycle.response_complete):
            self._wait()
        self._begun = self._brought = False
        self._feed(data)
        endless = (self._in_head and not self._begun) or (self._in_body and not self._brought)
        self._pending = self._pending + len(data) if endless else 0
        if self._pending > request_head.HEAD_MAX_BYTES and not self._over:
            self._refuse(request_head.too_large(self.url))

    def _feed(self, data: bytes) -> None:
        """Hand on to the parser. Where another protocol is proposed it would take the body for what is spoken next."""
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as stopped:
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)  # as in uvicorn
            self._feed(self._head.without(_PROPOSAL) + data[stopped.args[0] :])
        except httptools.HttpParserError:
            self._refuse(self._problem or Malformed("不是合法的 HTTP/1.1 请求", "this is no HTTP/1.1"))

    def on_message_begin(self) -> None:
        self._begun, self._in_head, self._proposed = True, True, False
        super().on_message_begin()

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self._in_body:  # what stands behind a body is passed over: nobody here asks for it
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._wait_no_more()
        self._head = request_head.Head(self.parser.get_http_version(), self.parser.get_method(), self.url, self.headers)
        self._problem = request_head.fault(self._head)
        if self._problem:
            raise ValueError(self._problem.code())  # the parser stops
        self._in_head = False
        self._proposed = self.parser.should_upgrade()
        if not self._proposed:
            super().on_headers_complete()
            self._in_body = True

    def on_body(self, body: bytes) -> None:
        self._brought = True
        super().on_body(body)

    def on_message_complete(self) -> None:
        if not self._proposed:
            super().on_message_complete()
            self._in_body = False

    def _refuse(self, problem: Problem) -> None:
        """Answer and end the connection; behind the answers under way where it is the next request that is wrong."""
        self._over = True
        self._wait_no_more()
        cycle = self.cycle
        if cycle is not None and not cycle.response_complete and not self._in_body:
            cycle.keep_alive = False
        elif self._in_body and (cycle.response_started or self.pipeline):
            self.transport.close()
        else:
            if self._in_body:  # nobody waits for the rest of it, or answers
                cycle.disconnected = True
                cycle.message_event.set()
            self._answer(problem)
            self.loop.call_later(LINGER_S, self.transport.close)

    def _answer(self, problem: Problem) -> None:
        request_id = str(uuid7())
        scope: Scope = {"type": "http", "headers": self.headers or [], "state": {"request_id": request_id}}
        log.info("refused", code=problem.code(), request_id=request_id, client=(self.client or [None])[0])
        answer = problem_responses.problem_response(problem, scope)
        answer.headers.update({**SECURITY_HEADERS, "X-Request-Id": request_id, "Connection": "close"})
        first = f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}".encode()
        self.transport.write(b"\r\n".join([first, *map(request_head.line, answer.raw_headers), b"", bytes(answer.body)]))

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.patience_s, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


def strict(patience_s: float) -> type[HttpToolsProtocol]:
    """Uvicorn's HTTP protocol with so much time for each head."""
    return type("StrictProtocol", (_StrictProtocol,), {"patience_s": patience_s})
