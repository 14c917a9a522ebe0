"""A minimal HTTP client for measurements: it must cost much less than what it measures."""

import asyncio
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import TypeVar

_T = TypeVar("_T")

PAIRS = 9


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """The bytes of an HTTP/1.1 request, and the expected status."""

    raw: bytes
    expected_status: int

    @classmethod
    def build(
        cls, method: str, path: str, headers: dict[str, str], body: bytes = b"", expected_status: int = 200
    ) -> "HttpRequest":
        """Build a request from its parts."""
        lines = [f"{method} {path} HTTP/1.1", "host: localhost", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return cls("\r\n".join([*lines, "", ""]).encode() + body, expected_status)


@dataclass(frozen=True, slots=True)
class LoadResult:
    """Rate and median time of repeated requests."""

    per_second: float
    p50_ms: float


def send_once(port: int, request: HttpRequest) -> tuple[float, bytes]:
    """Send one request; return the seconds until the whole response arrived, and the response."""

    async def run() -> tuple[float, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        started = time.perf_counter()
        response = await _exchange(reader, writer, request)
        seconds = time.perf_counter() - started
        writer.close()
        return seconds, response

    return asyncio.run(run())


def send_repeatedly(port: int, requests: Sequence[HttpRequest], seconds: float, connections: int) -> LoadResult:
    """Send the requests in a loop over some connections for a while."""
    times: list[float] = []
    source = cycle(requests)

    async def run() -> float:
        started = time.perf_counter()
        await asyncio.gather(*(_send_until(port, source, started + seconds, times) for _ in range(connections)))
        return time.perf_counter() - started

    elapsed = asyncio.run(run())
    return LoadResult(len(times) / elapsed, statistics.median(times) * 1_000)


def compare_in_turn(measure: Callable[[_T], float], subject: _T, baseline: _T) -> tuple[float, float]:
    """Measure subject and baseline in turn; return the subject's median and the median ratio of the pairs.

    The speed of a machine changes; the two measurements of a pair are seconds apart. Each is measured once before as a warm-up.
    """
    for warm_up in (subject, baseline):
        measure(warm_up)
    pairs = [(measure(subject), measure(baseline)) for _ in range(PAIRS)]
    return statistics.median(value for value, _ in pairs), statistics.median(value / base for value, base in pairs)


async def _send_until(port: int, requests: Iterator[HttpRequest], end: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (started := time.perf_counter()) < end:
        await _exchange(reader, writer, next(requests))
        times.append(time.perf_counter() - started)
    writer.close()


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: HttpRequest) -> bytes:
    writer.write(request.raw)
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    body = await reader.readexactly(length) if length else b""
    if status != request.expected_status:
        raise RuntimeError(f"{status} instead of {request.expected_status}: {head!r} {body[:500]!r}")
    return head + body
