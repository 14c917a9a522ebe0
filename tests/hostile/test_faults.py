"""As many errors as faults: whatever is wrong in a batch is named once, in one pass, and nothing that is right is."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from cli.postgres.database_urls import DatabaseUrls
from services.ingest.counts.entitlement import Entitlement
from services.ingest.counts.pushed_counts import PushedCounts
from services.ingest.formats.media import Media
from services.ingest.formats.rows import RowError
from services.ingest.push.row_errors import RowErrors
from shared.clock import Clock
from shared.settings import Settings
from tests.fixtures_api import Bearer, serving
from tests.hostile.product import PUSH, Product
from tests.hostile.spoiling import Spoiled, spoiled
from tests.push_paths import path_for

EXAMPLES = {Media.JSON: 80, Media.NDJSON: 80, Media.CSV: 80, Media.XLSX: 20}


class PushAnswer(NamedTuple):
    """Status and document of the answer to a push."""

    status: int
    document: Any


Push = Callable[[bytes, Media], PushAnswer]


def as_many_errors_as_faults(push: Push, media: Media) -> None:
    """Push random batches. Raises AssertionError with the first one whose report is not exact."""

    @settings(
        max_examples=EXAMPLES[media],
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        phases=[Phase.generate],  # shrinking would push hundreds more; the report names the rows
        suppress_health_check=list(HealthCheck),
    )
    @given(spoiled(media))
    def check(batch: Spoiled) -> None:
        told = push(batch.body, media)
        report = told.document["report"]
        assert told.status == 422
        assert {(error["row"], error["column"]): error["code"] for error in report["errors"]} == batch.faults
        assert len(report["errors"]) == len(batch.faults)
        wrong = len({row for row, _ in batch.faults})
        assert (report["counts"]["received"], report["counts"]["rejected"]) == (batch.rows, wrong)
        assert report["counts"]["withheld"] == batch.rows - wrong

    check()


@pytest.mark.parametrize("media", EXAMPLES)
def test_a_batch_with_n_faults_has_n_errors(product: Product, media: Media) -> None:
    def push(body: bytes, media: Media) -> PushAnswer:
        answer = product.send(body, media)
        return PushAnswer(answer.status, answer.document)

    before = product.state()
    as_many_errors_as_faults(push, media)
    after = product.state()

    product.ran["C"] += 1
    grown = {table for table in after if after[table] != before[table]}
    assert grown == {"import", "import_error", "import_part", "audit"}


@pytest.fixture
def inside(urls: DatabaseUrls, settings: Settings, clock: Clock, bearer: Bearer) -> Iterator[Push]:
    """Pushes to the same service in this process, where it can be broken."""
    with asyncio.Runner() as runner:
        service = serving("ingest", urls.fill(settings), clock)
        client = runner.run(service.__aenter__())

        def push(body: bytes, media: Media) -> PushAnswer:
            answer = runner.run(
                client.post(path_for(PUSH, media), content=body, headers={**bearer("telecom"), "Content-Type": media})
            )
            return PushAnswer(answer.status_code, answer.json())

        yield push
        runner.run(service.__aexit__(None, None, None))


def test_the_service_in_this_process_is_as_exact(inside: Push) -> None:
    as_many_errors_as_faults(inside, Media.NDJSON)


def one_error_a_row(errors: Iterable[RowError]) -> list[RowError]:
    return [next(same) for _, same in groupby(errors, key=lambda error: error.row)]


def a_code_once(errors: Iterable[RowError]) -> list[RowError]:
    return list({error.code: error for error in errors}.values())


def the_last_one_twice(errors: Iterable[RowError]) -> list[RowError]:
    told = list(errors)
    return [*told, *told[-1:]]


@pytest.mark.parametrize("mutant", [one_error_a_row, a_code_once, the_last_one_twice])
def test_a_report_that_is_not_exact_is_caught(
    inside: Push, monkeypatch: pytest.MonkeyPatch, mutant: Callable[[Iterable[RowError]], list[RowError]]
) -> None:
    exact = RowErrors.reject_rows
    monkeypatch.setattr(RowErrors, "reject_rows", lambda self, count, errors: exact(self, count, mutant(errors)))

    with pytest.raises(AssertionError):
        as_many_errors_as_faults(inside, Media.NDJSON)


def test_a_reader_that_leaves_the_codes_of_a_row_with_a_bad_value_unread_is_caught(
    inside: Push, monkeypatch: pytest.MonkeyPatch
) -> None:
    exact = PushedCounts.add

    def careless(self: PushedCounts, batch: Any) -> None:
        batch.partial_rows.clear()
        exact(self, batch)

    monkeypatch.setattr(PushedCounts, "add", careless)

    with pytest.raises(AssertionError):
        as_many_errors_as_faults(inside, Media.CSV)


def test_a_checker_that_stops_at_the_first_wrong_code_is_caught(inside: Push, monkeypatch: pytest.MonkeyPatch) -> None:
    exact = Entitlement.rejections
    monkeypatch.setattr(Entitlement, "rejections", lambda self, row: exact(self, row)[:1])

    with pytest.raises(AssertionError):
        as_many_errors_as_faults(inside, Media.JSON)
