"""No hostile body holds up others, takes much memory, or costs much more than its size."""

import asyncio
import csv
import json
import os
import re
import statistics
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from itertools import chain

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from cli.server.serving import listen, serving
from shared.settings import Settings
from tests.hostile import documents, encodings, rows, wire, workbooks
from tests.hostile.case import Case
from tests.hostile.costs import COSTS, Cost
from tests.hostile.load import Load, Observer
from tests.hostile.product import GROWTH_BYTES, JSON, Product
from tests.hostile.rows import CSV
from tests.hostile.workbooks import XLSX

LONGEST_S = 0.1
BUSY = 4  # times the delay that nine of ten requests stay below without any body, on a machine that does other things too
TOGETHER = 20  # bodies that are sent in a row; where any of them seems to hold up others, each is sent by itself
TRIES = 3  # of a body that seems to hold up others: whatever it does it does each time
GROWTH = 2.5  # by which the time for each byte may grow while a body grows by 4; with the square it would be 4
NOTICED_S = 0.2  # of processor time; less is not worth a comparison
FIXED_S = 0.2  # of processor time that a request may cost whatever its body holds
WORKER_S = 1.0  # the same with a workbook, which is read in a process of its own
ITEM_S = 200e-6  # of processor time for a row or block that is refused by itself, with all that is told about it
PATTERNS = {"/square": r"(^|[,;\t])(?=[\s']*[=+])", "/linear": r"[\t']"}
Sent = Callable[[Product], wire.Answer]


@pytest.fixture(scope="module")
def observer(product: Product) -> Observer:
    """Return another client, which reads the summary and asks whether the process is alive."""
    summary = "/v1/summary?month=2022-08"
    assert product.get(summary).status == 200
    name, value = product.token("economy")
    return Observer(product.pid, product.port, {"/healthz": "", summary: f"{name}: {value!s}\r\n"})


@pytest.fixture(scope="module")
def longest_s(observer: Observer) -> float:
    """Return the longest delay that is allowed: 100 ms, or more on a machine that does other things too."""
    with observer.watching() as idle:
        time.sleep(1)
    usual = statistics.quantiles([delay.seconds for delay in idle.delays], n=10)[-1]
    return max(LONGEST_S * slack(), BUSY * usual)


def slack() -> int:
    """Return how much more than on an idle machine may be measured: threads that share processors wait for each other too."""
    return 1 if os.getloadavg()[0] < len(os.sched_getaffinity(0)) else 3


def bodies() -> Iterator[tuple[str, Sent]]:
    """Yield every body of the suite."""
    cases: Iterator[Case] = chain(documents.cases(), rows.cases(), encodings.cases(), workbooks.cases())
    for case in cases:
        yield case.name, case.sent_to
    for cost in COSTS:
        yield cost.name, lambda product, cost=cost: cost.sent_to(product, cost.largest)  # type: ignore[misc]


def watched(observer: Observer, product: Product, sent: Sent, longest_s: float) -> Load:
    """Return what a body causes; if it seems to hold up others, the least of several tries."""
    loads: list[Load] = []
    while len(loads) < TRIES:
        with observer.watching() as load:
            sent(product)
        loads.append(load)
        if load.longest.seconds <= longest_s and load.grown_bytes <= GROWTH_BYTES:
            break
    return min(loads, key=lambda load: (load.longest.seconds, load.grown_bytes))


def test_no_body_holds_up_others_or_makes_the_process_grow(product: Product, observer: Observer, longest_s: float) -> None:
    found: dict[str, str] = {}
    longest = 0.0
    every = list(bodies())
    product.ran["E"] += len(every)
    for group in (every[start : start + TOGETHER] for start in range(0, len(every), TOGETHER)):
        with observer.watching() as load:
            for _, sent in group:
                sent(product)
        suspects = group if load.longest.seconds > longest_s or load.grown_bytes > GROWTH_BYTES else []
        longest = max(longest, 0.0 if suspects else load.longest.seconds)
        for name, sent in suspects:
            load = watched(observer, product, sent, longest_s)
            longest = max(longest, load.longest.seconds)
            if load.longest.seconds > longest_s or load.grown_bytes > GROWTH_BYTES:
                found[name] = f"{load.longest.seconds * 1_000:.0f} ms at {load.longest.path}, {load.grown_bytes >> 20} MB"
    product.figures["longest delay of others"] = f"{longest * 1_000:.0f} ms, at most {longest_s * 1_000:.0f} ms"

    assert found == {}


def cpu_s(observer: Observer, send: Callable[[int], object], size: int, times: int) -> float:
    """Return the least processor time that a body of a size takes."""
    taken = []
    for _ in range(times):
        with observer.measuring() as load:
            send(size)
        taken.append(load.cpu_s)
    return min(taken)


def grows_too_fast(observer: Observer, send: Callable[[int], object], largest: int, large_s: float) -> bool:
    """Return whether the processor time grows faster than a body; what takes little time is not compared.

    `large_s`: what the largest body took.
    """
    if large_s < NOTICED_S:
        return False
    small_s = cpu_s(observer, send, largest // 4, 2)
    return min(large_s, cpu_s(observer, send, largest, 2)) > 4 * GROWTH * max(small_s, NOTICED_S / 8)


@pytest.mark.parametrize("cost", COSTS, ids=[cost.name for cost in COSTS])
def test_the_cost_of_a_body_grows_with_its_size_and_not_faster(product: Product, observer: Observer, cost: Cost) -> None:
    product.ran["E"] += 1
    with observer.measuring() as load:
        answer = cost.sent_to(product, cost.largest)

    assert not grows_too_fast(observer, lambda size: cost.sent_to(product, size), cost.largest, load.cpu_s)
    if answer.status >= 400:
        most_s = affordable_s(cost) * slack()
        assert load.cpu_s <= most_s or cpu_s(observer, lambda size: cost.sent_to(product, size), cost.largest, 1) <= most_s


def affordable_s(cost: Cost) -> float:
    """Return the processor time that a refused body may cost: ten times that of parsing it, or some for each row or block."""
    body = cost.make(cost.largest)
    started = time.thread_time()
    if cost.media == CSV:
        deque(csv.reader(body.decode().splitlines()), maxlen=0)
    elif cost.media == JSON:
        with suppress(ValueError):
            json.loads(body)
    parsing_s = time.thread_time() - started
    items = body.count(b"{") + body.count(b"\n") + body.count(b"\\n")
    return max(10 * parsing_s, items * ITEM_S) + (WORKER_S if cost.media == XLSX else FIXED_S)


async def _block(seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


async def _sleep(seconds: float) -> None:
    time.sleep(seconds)  # noqa: ASYNC251 - what must not be done


async def _nothing(_seconds: float) -> None:
    await asyncio.sleep(0)


@pytest.mark.parametrize(("handler", "noticed"), [(_block, True), (_sleep, True), (_nothing, False)])
def test_what_holds_up_the_event_loop_is_noticed(handler: Callable[[float], Awaitable[None]], noticed: bool) -> None:
    async def answer(request: Request) -> PlainTextResponse:
        if request.method == "POST":
            await handler(1.0)
        return PlainTextResponse("done")

    app = Starlette(routes=[Route("/", answer, methods=["GET", "POST"])])
    with listen("127.0.0.1", 0) as listener, serving(app, listener, Settings()):
        port = listener.getsockname()[1]
        with Observer(os.getpid(), port, {"/": ""}).watching() as load:
            wire.exchange(port, wire.request("POST", "/", [], b""))
    assert (load.longest.seconds > LONGEST_S * 2) is noticed


def test_memory_that_was_needed_for_a_moment_is_noticed() -> None:
    with listen("127.0.0.1", 0) as listener, serving(Starlette(routes=[]), listener, Settings()):
        with Observer(os.getpid(), listener.getsockname()[1], {}).measuring() as load:
            bytearray(b"x" * (100 << 20))
        with Observer(os.getpid(), listener.getsockname()[1], {}).measuring() as nothing:
            pass

    assert load.grown_bytes > GROWTH_BYTES > nothing.grown_bytes
    assert threading.active_count() < 20


def test_cost_that_grows_with_the_square_is_noticed() -> None:
    async def answer(request: Request) -> PlainTextResponse:
        body = (await request.body()).decode()
        return PlainTextResponse(re.sub(PATTERNS[request.url.path], "", body)[:10])

    app = Starlette(routes=[Route(path, answer, methods=["POST"]) for path in PATTERNS])
    found = {}
    with listen("127.0.0.1", 0) as listener, serving(app, listener, Settings()):
        port = listener.getsockname()[1]
        observer = Observer(os.getpid(), port, {})
        for path in PATTERNS:

            def send(size: int, path: str = path) -> object:
                return wire.exchange(port, wire.request("POST", path, [], b"\t'" * size))

            found[path] = grows_too_fast(observer, send, 10_000, cpu_s(observer, send, 10_000, 1))

    assert found == {"/square": True, "/linear": False}
