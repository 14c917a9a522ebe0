"""Requests that two servers on their way could read in two ways, or that are too large before anything is read."""

import time
from dataclasses import replace

import pytest

from tests.hostile import wire
from tests.hostile.case import as_problem, changed
from tests.hostile.framing import BODY, CHUNKED, GOOD, Framed, Request, cases
from tests.hostile.product import Product

CASES = list(cases())
CLOSE = b"Connection: close"
PROPOSALS = {
    "h2c": (b"Connection: Upgrade, HTTP2-Settings", b"Upgrade: h2c", b"HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA"),
    "websocket": (b"Connection: Upgrade", b"Upgrade: websocket", b"Sec-WebSocket-Version: 13", b"Sec-WebSocket-Key: eA=="),
}
LAST = 100_000  # more than a head may have
APART_S = 0.05  # between two pieces that must not arrive as one


@pytest.fixture
def authorization(product: Product) -> bytes:
    """Return a carrier's `Authorization` header."""
    product.ran["D"] += 1
    return str(product.token("telecom")[1]).encode()


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_request_with_more_than_one_meaning_or_without_end_has_no_effect(
    product: Product, authorization: bytes, case: Framed
) -> None:
    before = product.state()

    answer = wire.exchange(product.port, case.request.sent(authorization))

    document = as_problem(answer, case.status, case.code)
    assert case.status not in {414, 431} or document["limit_bytes"] > 0
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    changed(before, product.state(), {})
    product.still_fast()


@pytest.mark.parametrize(
    "bad", [GOOD.asking(b"/v1/me#x"), replace(GOOD, length=(b"Content-Length: -1",)), replace(CHUNKED, body=b"x")]
)
def test_what_follows_a_refused_request_is_not_looked_at(product: Product, authorization: bytes, bad: Request) -> None:
    before = product.state()
    with wire.connected(product.port) as connection:
        connection.sendall(bad.sent(authorization) + GOOD.sent(authorization))
        (only,) = wire.answers(connection)

    assert (only.status, only.headers["Connection"]) == (400, "close")
    changed(before, product.state(), {})


def test_a_request_before_one_that_is_refused_is_answered_and_nothing_behind_it(product: Product, authorization: bytes) -> None:
    with wire.connected(product.port) as connection:
        connection.sendall(GOOD.sent(authorization) + replace(GOOD, host=()).sent(authorization) + GOOD.sent(authorization))
        (only,) = wire.answers(connection)

    assert only.status == 201


@pytest.mark.parametrize("proposal", PROPOSALS)
@pytest.mark.parametrize("framed", [GOOD, CHUNKED], ids=["length", "chunks"])
@pytest.mark.parametrize("pause_s", [0, APART_S], ids=["at once", "apart"])
def test_a_proposal_to_speak_another_protocol_is_passed_over_and_the_body_is_read(
    product: Product, authorization: bytes, proposal: str, framed: Request, pause_s: float
) -> None:
    proposing = replace(framed, more=PROPOSALS[proposal])
    with wire.connected(product.port) as connection:
        for _ in range(2):
            connection.sendall(proposing.head(authorization))
            time.sleep(pause_s)
            connection.sendall(proposing.body)
            assert wire.answer(connection).document["report"]["counts"]["received"] == 1
    product.still_fast()


def test_a_connection_goes_on_after_large_bodies_taken_and_refused(product: Product, authorization: bytes) -> None:
    blanks = b" " * (1 << 20)
    for body, length, status in ((BODY + blanks, len(BODY) + len(blanks), 201), (blanks * 9, len(blanks) * 9, 413)):
        large = replace(GOOD, length=(b"Content-Length: %d" % length,), body=body)
        with wire.connected(product.port) as connection:
            connection.sendall(large.sent(authorization)[:-LAST])
            time.sleep(APART_S)
            connection.sendall(large.body[-LAST:])
            answer = wire.answer(connection)
            connection.sendall(GOOD.sent(authorization))
            after = wire.answer(connection)
        assert (answer.status, answer.headers["Connection"], after.status) == (status, None, 201)
    product.still_fast()


def test_what_looks_odd_and_is_allowed_is_answered(product: Product, authorization: bytes) -> None:
    for odd in (
        replace(GOOD, first=b"POST http://LOCALHOST/v1/observations HTTP/1.1"),
        replace(GOOD, first=b"POST /v1/observations HTTP/1.0", host=()),
        replace(GOOD, host=(b"Host: [::1]:8000",)),
        replace(GOOD, more=(b"Expect: 100-continue",)),
        replace(GOOD, more=(b"X-A: " + b"a" * 60_000,)),
        replace(GOOD, more=(b"X-A: \xff",)),
        replace(CHUNKED, body=b"".join(b"1\r\n%c\r\n" % byte for byte in BODY) + b"0\r\nX-Trailer: a\r\n\r\n"),
    ):
        with wire.connected(product.port) as connection:
            connection.sendall(replace(odd, more=(*odd.more, CLOSE)).sent(authorization))
            assert wire.answers(connection)[-1].status == 201
    with wire.connected(product.port) as connection:
        several = (GOOD.sent(authorization) + GOOD.asking(b"/v1/me").sent(authorization)) * 3
        connection.sendall(several + replace(GOOD, more=(CLOSE,)).sent(authorization))
        assert [answer.status for answer in wire.answers(connection)] == [*[201, 200] * 3, 201]
    product.still_fast()
