"""Group R: the same request again, at once, with another body, by somebody else."""

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest

from tests.hostile.case import Case, as_problem, changed, refused
from tests.hostile.keys import cases
from tests.hostile.product import PUSH, Product
from tests.hostile.rows import CSV, NDJSON
from tests.hostile.wire import Answer

KEYS = list(cases())
AT_ONCE = 50
BURSTS = int(os.environ.get("GIGACITY_TEST_BURSTS", "2"))  # the full count is 200: 10 000 posts
PATIENCE_S = 20.0
AGAIN = {409, 429, 503}  # with Retry-After: come back
_numbers = count(1)

APPLIED = {"observation": 1, "ledger": 1, "import": 1, "audit": 1}


@pytest.fixture(autouse=True)
def one_more(product: Product) -> Iterator[None]:
    """Counts the test as a case of group R, and looks at good requests after it."""
    product.ran["R"] += 1
    yield
    product.still_fast()


@pytest.fixture
def month() -> str:
    """A month that nothing was reported for."""
    number = next(_numbers)
    return f"{2001 + number // 12}-{number % 12 + 1:02}"


def body(month: str, value: int = 1) -> bytes:
    return json.dumps({"observations": [_row(month, value)]}).encode()


def _row(month: str, value: int) -> dict[str, Any]:
    return {"metric": "fbb_subs_total", "area": "liangjiang", "month": month, "value": value}


def push(product: Product, content: bytes, key: str | None = None, media: str = "application/json", **more: Any) -> Answer:
    return product.send(content, media, headers=[("Idempotency-Key", key)] if key else [], **more)


def grown(product: Product, act: Callable[[], Any], **expected: int) -> Any:
    """Return the result of `act` after checking which tables grew, and by how many rows."""
    before = product.state()
    result = act()
    after = product.state()
    assert {table: after[table][0] - before[table][0] for table in after if after[table][0] != before[table][0]} == expected
    return result


def send_until_answered(send: Callable[[], Answer]) -> Answer:
    """The answer of a sender who comes back when told to."""
    until = time.monotonic() + PATIENCE_S
    while True:
        answer = send()
        if answer.status not in AGAIN or time.monotonic() > until:
            return answer
        assert answer.headers["Retry-After"].isdecimal()
        time.sleep(min(1.0, float(answer.headers["Retry-After"])))


def at_once(send: Callable[[], Answer]) -> list[Answer]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [one.result() for one in [pool.submit(send_until_answered, send) for _ in range(AT_ONCE)]]


@pytest.mark.parametrize("case", KEYS, ids=[case.name for case in KEYS])
def test_a_key_that_is_none_is_refused_without_effect(product: Product, case: Case) -> None:
    product.ran["R"] -= 1  # `refused` counts it
    document = refused(product, case)

    assert "idempotency-key" in (document["detail"] + "".join(error["where"] for error in document["errors"])).lower()


@pytest.mark.parametrize(
    ("media", "written"),
    [
        ("application/json", body),
        (NDJSON, lambda month: json.dumps(_row(month, 1)).encode()),
        (CSV, lambda month: f"metric,area,month,value\nfbb_subs_total,liangjiang,{month},1\n".encode()),
    ],
)
def test_fifty_identical_posts_with_a_key_are_one_effect_and_one_answer(
    product: Product, month: str, media: str, written: Callable[[str], bytes]
) -> None:
    content = written(month)

    answers = grown(
        product, lambda: at_once(lambda: push(product, content, f"R1-{media}-{month}", media)), **APPLIED, idempotency=1
    )

    assert {(answer.status, answer.body, answer.headers["Location"]) for answer in answers} == {
        (201, answers[0].body, f"/v1/imports/{answers[0].document['id']}")
    }
    assert Counter(answer.headers["Idempotency-Replayed"] for answer in answers) == {None: 1, "true": AT_ONCE - 1}
    assert answers[0].document["report"]["counts"]["created"] == 1


def test_bursts_of_fifty_identical_posts_and_all_their_replays_are_one_effect_each(product: Product) -> None:
    answers: dict[int, Answer] = {}
    for burst in range(BURSTS):
        content = _drills(burst, 1)
        first, *others = grown(product, lambda: at_once(lambda: push(product, content, f"B-{burst}")), **APPLIED, idempotency=1)  # noqa: B023
        assert {(answer.status, answer.body) for answer in others} == {(201, first.body)}
        answers[burst] = first

    before = product.state()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        others = list(pool.map(lambda burst: push(product, _drills(burst, 2), f"B-{burst}"), answers))
        replays = list(pool.map(lambda burst: (burst, push(product, _drills(burst, 1), f"B-{burst}")), [*answers] * 5))

    assert {answer.status for answer in others} == {422}
    for burst, answer in replays:
        assert (answer.status, answer.body, answer.headers["Idempotency-Replayed"]) == (201, answers[burst].body, "true")
    changed(before, product.state(), {})


def _drills(burst: int, value: int) -> bytes:
    """A count of a cell that only this burst pushes."""
    row = {"metric": "drills_held", "area": "liangjiang", "month": f"{2001 + burst // 12}-{burst % 12 + 1:02}", "value": value}
    return json.dumps({"observations": [row]}).encode()


def test_fifty_identical_posts_without_a_key_are_one_effect_and_tell_the_same(product: Product, month: str) -> None:
    answers = grown(
        product, lambda: at_once(lambda: push(product, body(month))), **APPLIED | {"import": AT_ONCE, "audit": AT_ONCE}
    )

    documents = [answer.document for answer in answers]
    (first,) = [document for document in documents if document["changed"]]
    assert {answer.status for answer in answers} == {201}
    assert len({document["id"] for document in documents}) == AT_ONCE  # each push is on record
    assert {document["data_version"] for document in documents} == {first["data_version"]}
    assert [document["report"]["counts"]["unchanged"] for document in documents if document is not first] == [1] * (AT_ONCE - 1)


def test_fifty_bodies_at_once_with_one_key_are_one_effect_and_forty_nine_refusals(product: Product, month: str) -> None:
    values = count(1)

    answers = grown(
        product, lambda: at_once(lambda: push(product, body(month, next(values)), f"R1-{month}")), **APPLIED, idempotency=1
    )

    taken = [answer for answer in answers if answer.status == 201]
    assert len(taken) == 1
    for answer in answers:
        if answer is not taken[0]:
            as_problem(answer, 422, "idempotency_mismatch")


def test_fifty_identical_cases_filed_at_once_with_a_key_are_one_case(product: Product, month: str) -> None:
    case = {"title": month, "domain": "vertical_industry", "applicant": "某企业", "summary": "概要"}
    headers = [("Idempotency-Key", f"R1-{month}")]

    answers = grown(
        product,
        lambda: at_once(lambda: product.send(json.dumps(case).encode(), path="/v1/cases", headers=headers)),
        case_file=1,
        audit=1,
        idempotency=1,
    )

    assert {(answer.status, answer.body) for answer in answers} == {(201, answers[0].body)}


def test_the_same_key_with_another_body_is_refused(product: Product, month: str) -> None:
    first = push(product, body(month, 1), f"R1-{month}")

    before = product.state()
    other = push(product, body(month, 2), f"R1-{month}")
    in_another_format = push(product, json.dumps(_row(month, 1)).encode(), f"R1-{month}", NDJSON)
    spelled_otherwise = push(product, body(month, 1) + b" ", f"R1-{month}")
    elsewhere = push(
        product,
        json.dumps({"title": "a", "domain": "vertical_industry", "applicant": "b", "summary": "c"}).encode(),
        f"R1-{month}",
        path="/v1/cases",
    )

    assert first.status == 201
    for answer in (other, in_another_format, spelled_otherwise, elsewhere):
        as_problem(answer, 422, "idempotency_mismatch")
    changed(before, product.state(), {})


def test_a_replay_is_the_first_answer_however_much_has_happened_since(product: Product, month: str) -> None:
    first = push(product, body(month, 80), f"R1-{month}")
    push(product, body(month, 90))

    again = grown(product, lambda: push(product, body(month, 80), f"R1-{month}"))

    assert (again.status, again.body, again.headers["Idempotency-Replayed"]) == (201, first.body, "true")
    (now,) = product.get(f"{PUSH}?org=telecom&month={month}").document["items"]
    assert now["value"] == 90


def test_the_same_body_with_a_new_key_changes_no_row(product: Product, month: str) -> None:
    push(product, body(month), f"R1-{month}")

    again = grown(product, lambda: push(product, body(month), f"R1-{month}-new"), **{"import": 1}, audit=1, idempotency=1)

    assert (again.status, again.document["changed"], again.document["report"]["counts"]["unchanged"]) == (201, False, 1)


def test_the_key_of_another_organisation_is_another_key(product: Product, month: str) -> None:
    first = push(product, body(month, 1), f"R1-{month}")

    other = grown(product, lambda: push(product, body(month, 2), f"R1-{month}", org="mobile"), **APPLIED, idempotency=1)

    assert (first.status, other.status, other.headers["Idempotency-Replayed"]) == (201, 201, None)
    assert other.document["id"] != first.document["id"]


def test_a_refused_push_does_not_use_its_key_up(product: Product, month: str) -> None:
    as_problem(push(product, body(month, -1), f"R1-{month}"), 422, "rows_refused")
    as_problem(push(product, b"{", f"R1-{month}"), 400, "malformed")

    put_right = grown(product, lambda: push(product, body(month, 1), f"R1-{month}"), **APPLIED, idempotency=1)

    assert (put_right.status, put_right.headers["Idempotency-Replayed"]) == (201, None)
