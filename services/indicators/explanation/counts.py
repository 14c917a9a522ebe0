"""The counts behind a line, each with its origin: import, organisation, client, timestamp and submission."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple
from uuid import UUID

from services.indicators.explanation.steps import VariantCalculation
from shared.campaign.blocks import EVERYBODY
from shared.database.sql import statement
from shared.domain.counts import AreaNumber, CountPlace, ExpectedMetric, MetricCounts
from shared.domain.visibility import CARRIERS_AND_STREETS, visible_counts
from shared.reading.reading import Reading
from shared.values.months import month_text
from shared.vocabulary import MetricKind, SubmissionState

_Side = Literal["numerator", "denominator"]


class LineCount(NamedTuple):
    """A count that a line is computed from."""

    side: _Side
    variants: tuple[str, ...]  # that it is used in
    metric: ExpectedMetric
    org: str
    month: date  # of the count
    area: AreaNumber
    value: int

    @property
    def place(self) -> CountPlace:
        """The place of the count."""
        return CountPlace(self.metric.metric, self.org, self.month, self.area)


def line_counts(calculations: Sequence[VariantCalculation]) -> list[LineCount]:
    """Return every count that the variants of a line use, each once, those of the numerators first."""
    counts: list[LineCount] = []
    for metric in dict.fromkeys(calculation.variant.numerator for calculation in calculations):
        if metric is not None:
            users = [calculation for calculation in calculations if calculation.variant.numerator is metric]
            counts += _metric_counts("numerator", metric, users[0].numerator_counts, users)
    for metric in dict.fromkeys(calculation.variant.denominator for calculation in calculations):
        if metric is not None:
            users = [calculation for calculation in calculations if calculation.variant.denominator is metric]
            counts += _metric_counts("denominator", metric, users[0].denominator_counts, users)
    return counts


def _metric_counts(
    side: _Side, metric: ExpectedMetric, counts: MetricCounts, users: Iterable[VariantCalculation]
) -> Iterator[LineCount]:
    variants = tuple(calculation.variant.code for calculation in users)
    for entry in counts.entries:
        for area, count in zip(entry.areas, entry.counts, strict=True):
            yield LineCount(side, variants, metric, entry.org, entry.month, area, count)


def visible_line_counts(reading: Reading, counts: Sequence[LineCount]) -> list[LineCount]:
    """Return the counts that the reader may see one by one; a rival's may be the denominator of the reader's line."""
    visible = visible_counts(reading.reader.role, reading.reader.org, reading.definition)
    return [count for count in counts if visible.includes(count.org, count.metric.metric, count.area)]


async def count_documents(
    reading: Reading, counts: Sequence[LineCount], challenged: Mapping[CountPlace, UUID]
) -> list[dict[str, Any]]:
    """Read the origins of counts and return them as `ExplainedCount` describes them."""
    if not counts:
        return []
    binds = {
        "campaign": reading.reader.campaign,
        "version": reading.version,
        "orgs": [count.org for count in counts],
        "months": [count.month for count in counts],
        "metrics": [count.metric.metric for count in counts],
        "areas": [count.area for count in counts],
    }
    cursor = await reading.connection.execute(statement(__package__, "counts", past=reading.past), binds, binary=True)
    rows = await cursor.fetchall()
    documents = (_document(reading, count, row) for count, row in zip(counts, rows, strict=True))
    return [document | {"challenge": challenged.get(count.place)} for count, document in zip(counts, documents, strict=True)]


def _document(reading: Reading, count: LineCount, row: Sequence[Any]) -> dict[str, Any]:
    version, note, at, import_id, org, client, state, state_version, *attested = row
    rivals = reading.reader.role in CARRIERS_AND_STREETS and count.org != reading.reader.org
    reference = reading.definition.metric(count.metric.code).kind is MetricKind.REFERENCE
    return {
        "side": count.side,
        "variants": count.variants,
        "metric": count.metric.code,
        "org": count.org,
        "area": reading.definition.area_codes[count.area],
        "month": month_text(count.month),
        "value": count.value,
        "note": None if rivals and not reference else note,
        "data_version": version,
        "import_id": import_id,
        "imported_by": org,
        "client": None if rivals else client,
        "at": at,
        "submission": None if count.org == EVERYBODY else _submission(state, state_version, attested, named=not rivals),
    }


def _submission(state: str | None, state_version: int | None, attested: Sequence[Any], *, named: bool) -> dict[str, Any]:
    version, name, title, at, client = attested
    person = {"name": name, "title": title, "client": client} if named else {"name": None, "title": None, "client": None}
    return {
        "state": state or SubmissionState.OPEN.value,
        "data_version": state_version,
        "attested": None if version is None else {**person, "at": at, "data_version": version},
    }
