"""Connections on which the head of a request does not come are closed: uvicorn itself would wait for ever."""

from asyncio import TimerHandle, Transport
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class _Impatient(HttpToolsProtocol):
    """From a connection's first moment, or the first byte of a further request, to the end of the head."""

    patience_s: ClassVar[float]
    _waiting: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override] # as in uvicorn
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        if self._waiting is None and (self.cycle is None or self.cycle.response_complete):
            self._wait()
        super().data_received(data)

    def on_headers_complete(self) -> None:
        self._wait_no_more()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_more()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._waiting = self.loop.call_later(self.patience_s, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


def impatient(seconds: float) -> type[HttpToolsProtocol]:
    """Uvicorn's HTTP protocol with so much time for each head."""
    return type("Impatient", (_Impatient,), {"patience_s": seconds})
