"""The counts behind a line, each with where it comes from: import, organisation, person, instant and sign-off."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any, Final, Literal, NamedTuple

from psycopg.rows import dict_row

from services.indicators.explanation.steps import VariantCalculation
from services.indicators.reading import Reading
from shared.campaign.blocks import EVERYBODY
from shared.database.sql import statement
from shared.domain.counts import AreaNumber, ExpectedMetric, MetricCounts
from shared.domain.visibility import CARRIERS_AND_STREETS, visible_counts
from shared.values.months import month_text
from shared.vocabulary import MetricKind, Reducer, SubmissionState

_CASES: Final = statement(__package__, "cases")

_Side = Literal["numerator", "denominator"]


class LineCount(NamedTuple):
    """A count that a line reads."""

    side: _Side
    variants: tuple[str, ...]  # those that read it
    owed: ExpectedMetric
    org: str
    month: date  # its own
    area: AreaNumber
    value: int


def line_counts(workings: Sequence[VariantCalculation]) -> list[LineCount]:
    """Every count that the variants of a line read, each once; those of the denominators last."""
    counts: list[LineCount] = []
    for owed in dict.fromkeys(each.variant.numerator for each in workings):
        if owed is not None:
            reading = [each for each in workings if each.variant.numerator is owed]
            counts += _within("numerator", owed, reading[0].top, reading)
    for owed in dict.fromkeys(each.variant.denominator for each in workings):
        if owed is not None:
            reading = [each for each in workings if each.variant.denominator is owed]
            counts += _within("denominator", owed, reading[0].base, reading)
    return counts


def _within(side: _Side, owed: ExpectedMetric, cells: MetricCounts, reading: Iterable[VariantCalculation]) -> Iterator[LineCount]:
    variants = tuple(each.variant.code for each in reading)
    for report in cells.entries:
        for area, value in zip(report.areas, report.counts, strict=True):
            yield LineCount(side, variants, owed, report.org, report.month, area, value)


def visible_line_counts(read: Reading, counts: Sequence[LineCount]) -> list[LineCount]:
    """Those that the reader may read one by one: a line may rest on a rival's count, where that is its denominator."""
    seen = visible_counts(read.reader.role, read.reader.org, read.definition)
    return [count for count in counts if seen.has(count.org, count.owed.metric, count.area)]


async def count_documents(read: Reading, counts: Sequence[LineCount]) -> list[dict[str, Any]]:
    """The counts as `ExplainedFact` describes them."""
    if not counts:
        return []
    binds = {
        "campaign": read.reader.campaign,
        "version": read.version,
        "orgs": [count.org for count in counts],
        "months": [count.month for count in counts],
        "metrics": [count.owed.metric for count in counts],
        "areas": [count.area for count in counts],
    }
    cursor = await read.connection.execute(statement(__package__, "counts", past=read.past), binds, binary=True)
    rows = await cursor.fetchall()
    return [_document(read, count, row) for count, row in zip(counts, rows, strict=True)]


def _document(read: Reading, count: LineCount, row: Sequence[Any]) -> dict[str, Any]:
    version, note, at, import_id, org, client, state, moved, *attested = row
    theirs = read.reader.role in CARRIERS_AND_STREETS and count.org != read.reader.org
    reference = read.definition.metric(count.owed.code).kind is MetricKind.REFERENCE
    return {
        "side": count.side,
        "variants": count.variants,
        "metric": count.owed.code,
        "org": count.org,
        "area": read.definition.area_codes[count.area],
        "month": month_text(count.month),
        "value": count.value,
        "note": None if theirs and not reference else note,
        "data_version": version,
        "import_id": import_id,
        "imported_by": org,
        "client": None if theirs else client,
        "at": at,
        "submission": None if count.org == EVERYBODY else _submission(state, moved, attested, named=not theirs),
    }


def _submission(state: str | None, moved: int | None, attested: Sequence[Any], *, named: bool) -> dict[str, Any]:
    version, name, title, at, client = attested
    by = {"name": name, "title": title, "client": client} if named else {"name": None, "title": None, "client": None}
    return {
        "state": state or SubmissionState.OPEN.value,
        "data_version": moved,
        "attested": None if version is None else {**by, "at": at, "data_version": version},
    }


async def case_documents(read: Reading, month: date, workings: Iterable[VariantCalculation]) -> list[dict[str, Any]]:
    """The cases a line counts, as `ExplainedCase` describes them."""
    if not any(each.variant.reducer is Reducer.CASES for each in workings):
        return []
    binds = {"campaign": read.reader.campaign, "version": read.version, "month": month}
    return await (await read.connection.cursor(row_factory=dict_row).execute(_CASES, binds)).fetchall()
