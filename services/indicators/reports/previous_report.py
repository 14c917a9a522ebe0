"""The report that a report is compared with, and every count behind it that has changed since it was issued."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import orjson
from psycopg.rows import dict_row

from services.indicators.changes.counts import ALL_COUNTS, read_changed_counts
from services.indicators.changes.span import compare_versions
from shared.campaign.applied import AppliedDefinition
from shared.campaign.load import Definitions
from shared.database.sql import statement
from shared.domain.summary_plan import summary_plan
from shared.reading.counted_cases import count_cases
from shared.reading.reading import Reading
from shared.values.bilingual import Bilingual
from shared.values.months import month_of, month_range, month_text, previous_month

MONTHS_IN_REPORT: Final = 12
"""Number of months that a report shows, including its own."""

_PREVIOUS = statement(__package__, "previous_report")
_LEDGER = statement(__package__, "ledger_since")
_REASONS = statement(__package__, "revision_reasons")
_CASES: Final = Bilingual(zh="认定应用案例", en="Approved application cases")

CountGroup = tuple[str, int, date]
"""Organisation, metric number and month."""


class RevisedCount(NamedTuple):
    """A count, or an organisation's number of cases, that the previous report was based on and that has changed since."""

    org: str
    metric: str | None  # None: cases
    title: Bilingual
    area: str | None  # None: cases
    month: date
    before: int | None
    after: int | None
    reasons: Sequence[str]


@dataclass(frozen=True, slots=True)
class PreviousReport:
    """The report that a report is compared with, and what has happened since."""

    content: Mapping[str, Any]
    issued_at: datetime
    revisions: Sequence[RevisedCount]
    ledger: Sequence[Mapping[str, Any]]


def months_of_report(month: date) -> list[date]:
    """Return the months that a month's report shows, in order."""
    months = [month]
    while len(months) < MONTHS_IN_REPORT:
        months.insert(0, previous_month(months[0]))
    return months


async def read_previous_report(reading: Reading, month: date, definitions: Definitions) -> PreviousReport | None:
    """Read the report that a month's report is compared with; None if it is the first."""
    binds = {"campaign": reading.reader.campaign, "version": reading.version, "month": month}
    cursor = reading.connection.cursor(row_factory=dict_row)
    row = await (await cursor.execute(_PREVIOUS, binds)).fetchone()
    if row is None:
        return None
    definition = await definitions.at(reading.connection, reading.reader.campaign, row["definition_version"])
    old = replace(reading.at_earlier_version(row["version"]), definition=definition)
    content = orjson.loads(row["content"])
    printed = _printed_months(content)
    counts = await _revised_counts(reading, old, printed, {**binds, "since": row["version"]})
    cases = await _revised_cases(reading, old, printed)
    ledger = await cursor.execute(_LEDGER, {**binds, "since": row["version"]})
    return PreviousReport(content, row["issued_at"], [*counts, *cases], await ledger.fetchall())


def _printed_months(content: Mapping[str, Any]) -> list[date]:
    """Return the months from the first of which a report shows a value to its own."""
    shown = [month_of(month["month"]) for indicator in content["indicators"] for month in indicator["months"] if month["display"]]
    own = month_of(content["month"])
    return month_range(min(shown, default=own), own)


async def _revised_counts(reading: Reading, old: Reading, months: Sequence[date], binds: Mapping[str, Any]) -> list[RevisedCount]:
    """Read the counts behind the previous report's figures, and those whose completeness it shows, that have changed."""
    changed = (await read_changed_counts(await compare_versions(old, reading, None), (), ALL_COUNTS)).items
    printed = await _printed_cells(reading, old, months)
    changed = [count for count in changed if count["month"] == month_text(months[-1]) or _cell(count) in printed]
    numbers = {**old.definition.metric_numbers, **reading.definition.metric_numbers}
    groups = {(count["org"], numbers[count["metric"]], month_of(count["month"])) for count in changed}
    reasons = await _reasons(reading, binds, groups)
    return [
        RevisedCount(
            count["org"],
            count["metric"],
            _title(count["metric"], reading.definition, old.definition),
            count["area"],
            month_of(count["month"]),
            count["before"],
            count["after"],
            reasons.get((count["org"], numbers[count["metric"]], month_of(count["month"])), []),
        )
        for count in changed
    ]


def _cell(count: Mapping[str, Any]) -> tuple[str, str, str, str]:
    return count["org"], count["metric"], count["month"], count["area"]


async def _printed_cells(reading: Reading, old: Reading, months: Sequence[date]) -> set[tuple[str, str, str, str]]:
    """Return the cells that the previous report's lines read, then or now: by organisation, metric, month and area."""
    definition = old.definition
    plans = [summary_plan(definition, shown_month) for shown_month in months]
    return {
        (org, definition.metric_codes[metric], month_text(counted_month), definition.area_codes[area])
        for reading in (old, replace(reading, definition=definition))
        for _, metric, org, counted_month, _, areas, _ in await reading.read_counts(plans)
        if metric in definition.metric_codes
        for area in areas
    }


def _title(metric: str, *definitions: AppliedDefinition) -> Bilingual:
    return next(block.title for definition in definitions for block in definition.metrics if block.code == metric)


async def _revised_cases(reading: Reading, old: Reading, months: Sequence[date]) -> list[RevisedCount]:
    """Read the numbers of cases of the shown months that have changed, by organisation."""
    if not any(indicator.counts_cases for indicator in summary_plan(old.definition, months[-1]).indicators):
        return []
    numbers = (Counter[tuple[date, str]](), Counter[tuple[date, str]]())
    for compared, counted in zip((old, reading), numbers, strict=True):
        for count in await count_cases(compared, months):
            counted[count.month, count.org] += count.cases
    return [
        RevisedCount(org, None, _CASES, None, shown_month, numbers[0][shown_month, org], numbers[1][shown_month, org], [])
        for shown_month, org in sorted({*numbers[0], *numbers[1]})
        if numbers[0][shown_month, org] != numbers[1][shown_month, org]
    ]


async def _reasons(reading: Reading, binds: Mapping[str, Any], groups: Collection[CountGroup]) -> dict[CountGroup, list[str]]:
    orgs, metrics, months = ([group[part] for group in groups] for part in range(3))
    rows = await reading.connection.execute(_REASONS, {**binds, "orgs": orgs, "metrics": metrics, "months": months})
    return _grouped(await rows.fetchall())


def _grouped(rows: Iterable[tuple[Any, ...]]) -> dict[CountGroup, list[str]]:
    reasons: dict[CountGroup, list[str]] = {}
    for org, metric, month, reason in rows:
        reasons.setdefault((org, metric, month), []).append(reason)
    return reasons
