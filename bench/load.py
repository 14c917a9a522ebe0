"""A light HTTP client: it must cost less than what it measures."""

import asyncio
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import TypeVar

Asked = TypeVar("Asked")

PAIRS = 9


@dataclass(frozen=True, slots=True)
class Request:
    """The bytes of one HTTP/1.1 request."""

    raw: bytes
    expected: int  # status

    @classmethod
    def of(cls, method: str, path: str, headers: dict[str, str], body: bytes = b"", expected: int = 200) -> "Request":
        """Put a request together."""
        lines = [f"{method} {path} HTTP/1.1", "host: localhost", f"content-length: {len(body)}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return cls("\r\n".join([*lines, "", ""]).encode() + body, expected)


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: Request) -> bytes:
    writer.write(request.raw)
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    body = await reader.readexactly(length) if length else b""
    if status != request.expected:
        raise RuntimeError(f"{status} instead of {request.expected}: {head!r} {body[:500]!r}")
    return head + body


async def _worker(port: int, requests: Iterator[Request], until: float, times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while (started := time.perf_counter()) < until:
        await _exchange(reader, writer, next(requests))
        times.append(time.perf_counter() - started)
    writer.close()


@dataclass(frozen=True, slots=True)
class Load:
    """What came of repeating requests for a while."""

    per_second: float
    p50_ms: float


def repeat(port: int, requests: Sequence[Request], seconds: float, connections: int) -> Load:
    """Send the requests round and round over some connections."""
    times: list[float] = []
    source = cycle(requests)

    async def run() -> float:
        started = time.perf_counter()
        await asyncio.gather(*(_worker(port, source, started + seconds, times) for _ in range(connections)))
        return time.perf_counter() - started

    took = asyncio.run(run())
    return Load(len(times) / took, statistics.median(times) * 1_000)


def in_turn(measure: Callable[[Asked], float], first: Asked, second: Asked) -> tuple[float, float]:
    """Measure two things in turn, after a warm-up of each: the median of the first, and the median of the ratios pair by pair.

    Machines speed up and slow down; a pair is measured within seconds.
    """
    for asked in (first, second):
        measure(asked)
    pairs = [(measure(first), measure(second)) for _ in range(PAIRS)]
    return statistics.median(one for one, _ in pairs), statistics.median(one / other for one, other in pairs)


def once(port: int, request: Request) -> tuple[float, bytes]:
    """Send one request; seconds until the whole answer was there, and the answer."""

    async def run() -> tuple[float, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        started = time.perf_counter()
        answer = await _exchange(reader, writer, request)
        took = time.perf_counter() - started
        writer.close()
        return took, answer

    return asyncio.run(run())
