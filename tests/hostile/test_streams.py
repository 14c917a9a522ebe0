"""Bodies as they come over the wire: compressed, in chunks, slowly, and not to the end."""

import json
import socket
import struct
import time
from contextlib import ExitStack
from itertools import repeat
from typing import Any

import pytest

from shared.settings import Settings
from tests.hostile import wire
from tests.hostile.case import Case, as_problem, changed, refused
from tests.hostile.encodings import cases
from tests.hostile.product import JSON, PUSH, Product
from tests.hostile.rows import NDJSON
from tests.hostile.wire import Header
from tests.push_paths import path_for

CASES = list(cases())
MANY = 40  # more than the service has connections
HELD_BACK = 20  # bytes
PATIENCE_S = 15.0
_ROW = {"metric": "fbb_subs_total", "area": "liangjiang", "month": "2003-01", "value": 5}
ROWS = {JSON: json.dumps({"observations": [_ROW]}).encode(), NDJSON: (json.dumps(_ROW) + "\n").encode() * 2_000}


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_compressed_body_that_cannot_be_taken_is_refused_without_effect(product: Product, case: Case) -> None:
    refused(product, case)


def headed(product: Product, media: str, **more: str) -> list[Header]:
    return [product.token("telecom"), ("Content-Type", media), *more.items()]


@pytest.mark.parametrize("media", [JSON, NDJSON])
def test_a_body_in_chunks_of_one_byte_is_taken(product: Product, media: str) -> None:
    product.ran["C"] += 1
    body = ROWS[media][: 2 * len(ROWS[JSON])]

    taken = wire.exchange(
        product.port, wire.chunked("POST", path_for(PUSH, media), headed(product, media), (bytes([byte]) for byte in body))
    )

    assert taken.status == (201 if media == JSON else 422)
    product.still_fast()


@pytest.mark.parametrize(("path", "limit"), [(PUSH, 8 << 20), ("/v1/cases", 1 << 20)])
def test_a_body_without_length_and_without_end_is_refused_at_the_limit(product: Product, path: str, limit: int) -> None:
    product.ran["C"] += 1
    before = product.state()
    endless = wire.chunked("POST", path, headed(product, JSON), repeat(b" " * 65_536, 1_000))

    answer = wire.exchange(product.port, endless)

    assert as_problem(answer, 413, "too_large")["limit"] == limit
    changed(before, product.state(), {})
    product.still_fast()


@pytest.mark.parametrize(("media", "limit"), [(JSON, 8 << 20), (NDJSON, 1 << 30), ("text/csv", 1 << 30)])
def test_a_body_that_is_announced_as_too_large_is_refused_before_it_comes(product: Product, media: str, limit: int) -> None:
    product.ran["C"] += 1
    with wire.connected(product.port) as connection:
        connection.sendall(wire.head("POST", path_for(PUSH, media), headed(product, media, **{"Content-Length": str(limit + 1)})))
        answer = wire.answer(connection)

    assert as_problem(answer, 413, "too_large")["limit"] == limit
    product.still_fast()


@pytest.mark.parametrize("media", [JSON, NDJSON])
def test_slow_senders_hold_up_nobody_and_are_answered_when_they_are_done(product: Product, media: str) -> None:
    product.ran["C"] += 1
    body = ROWS[media]
    with ExitStack() as stack:
        slow = [stack.enter_context(wire.connected(product.port)) for _ in range(MANY)]
        for connection in slow:
            connection.sendall(wire.request("POST", path_for(PUSH, media), headed(product, media), body)[:-HELD_BACK])
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            product.still_fast()
        for connection in slow:
            connection.sendall(body[-HELD_BACK:])
        statuses = [wire.answer(connection).status for connection in slow]

    assert set(statuses) <= {201, 429}  # a client's pushes wait for one another for a second
    assert statuses.count(201) >= Settings().client_pushes_max
    product.still_fast()


def test_a_client_with_too_many_requests_in_progress_is_told_so_and_others_are_served(product: Product) -> None:
    product.ran["E"] += 1
    most = Settings().client_requests_max
    request = wire.request("POST", path_for(PUSH, NDJSON), headed(product, NDJSON), ROWS[NDJSON])
    with ExitStack() as stack:
        slow = [stack.enter_context(wire.connected(product.port)) for _ in range(most)]
        for connection in slow:
            connection.sendall(request[:-HELD_BACK])
        until = time.monotonic() + PATIENCE_S
        while (refused := product.send(method="GET", path=PUSH, media="")).status != 429 and time.monotonic() < until:
            time.sleep(0.02)  # until all of them have arrived
        assert as_problem(refused, 429, "rate_limited")["code"] == "rate_limited"
        assert refused.headers["Retry-After"] == "1"
        for _ in range(20):
            product.still_fast()
            assert product.get("/v1/summary?month=2022-08").status == 200
        for connection in slow:
            connection.sendall(request[-HELD_BACK:])
        statuses = {wire.answer(connection).status for connection in slow}

    assert statuses <= {201, 429}
    assert product.send(method="GET", path=PUSH, media="").status == 200


@pytest.mark.parametrize("media", [JSON, NDJSON])
@pytest.mark.parametrize("how", ["ended", "reset"])
@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_a_body_that_is_cut_off_has_no_effect(product: Product, media: str, how: str, framing: str) -> None:
    product.ran["C"] += 1
    before, files = product.state(), product.open_files()
    body = ROWS[media]
    for part in range(1, 11):
        with wire.connected(product.port) as connection:
            connection.sendall(_part(product, media, framing, body[: len(body) * part // 11]))
            if how == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    _wait(lambda: product.open_files() <= files)

    changed(before, product.state(), {})
    product.still_fast()


def _part(product: Product, media: str, framing: str, body: bytes) -> bytes:
    if framing == "length":
        return (
            wire.head("POST", path_for(PUSH, media), headed(product, media, **{"Content-Length": str(len(ROWS[media]))})) + body
        )
    return b"".join(wire.chunked("POST", path_for(PUSH, media), headed(product, media), [body])).removesuffix(b"0\r\n\r\n")


def _wait(happened: Any) -> None:
    until = time.monotonic() + PATIENCE_S
    while not happened():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_a_sender_who_leaves_before_the_answer_learns_it_by_asking_again(product: Product) -> None:
    product.ran["R"] += 1
    headers = headed(product, JSON, **{"Idempotency-Key": "left-early"})
    body = json.dumps({"observations": [{**_ROW, "month": "2003-02"}]}).encode()
    with wire.connected(product.port) as connection:
        connection.sendall(wire.request("POST", PUSH, headers, body))
        connection.shutdown(socket.SHUT_WR)

    answers = [product.send(body, headers=[("Idempotency-Key", "left-early")]) for _ in range(2)]

    assert [answer.status for answer in answers] == [201, 201]
    assert answers[0].body == answers[1].body
    (stored,) = product.get(f"{PUSH}?org=telecom&month=2003-02").document["items"]
    assert stored["import_id"] == answers[0].document["id"]
    product.still_fast()


def test_nothing_is_left_of_any_body_on_disk(product: Product) -> None:
    assert sorted(path.name for path in product.log.parent.iterdir()) == ["log"]
