"""The counts that every organisation is expected to report for a month, and whether and when it did.

Two rules that are easy to get wrong. A count is as late as its cell was first reported: correcting it does not make it late.
A reference metric needs a count of any month up to this one, and was reported when the first of those was.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.database.sql import BoundStatement, statement
from shared.domain.counts import AreaNumber, CellKey, ExpectedMetric
from shared.domain.summary_plan import expected_metric
from shared.vocabulary import MetricKind, ObligationState


class StoredCount(NamedTuple):
    """A row of `expected_cells.sql`."""

    org: str
    metric: int
    area: AreaNumber
    month: date  # of the count; earlier than the requested month for reference counts only
    value: int
    first_at: datetime  # when the cell was first reported, whatever corrected it since


@dataclass(frozen=True, slots=True)
class ExpectedCell:
    """An expected count of a month, or a voluntary one that was reported."""

    org: str
    metric: str
    area: str
    voluntary: bool
    state: ObligationState
    reported_month: date | None  # of the count; for references it may be an earlier one
    reported_at: datetime | None
    due: date | None  # None: voluntary
    late_days: int
    late_since: date | None

    @property
    def key(self) -> tuple[str, str, str]:
        """Its place in the order of the list."""
        return self.org, self.metric, self.area


@dataclass(frozen=True, eq=False)  # one object for each definition version and month
class MonthExpectations:
    """The metrics that organisations report for a month, with the areas of each."""

    month: date
    metrics: tuple[ExpectedMetric, ...]
    references: frozenset[int]  # the reference metrics among them, by number

    def statement(self, campaign: str, orgs: Sequence[str], version: int, *, past: bool = False) -> BoundStatement:
        """Return the statement that reads some organisations' counts; `past`: the version is older than the latest."""
        of_month = [expected.metric for expected in self.metrics if expected.metric not in self.references]
        references = [expected for expected in self.metrics if expected.metric in self.references]
        reporters = {org for reference in references for org in (*reference.required, *reference.voluntary)}
        binds = {
            "campaign": campaign,
            "month": self.month,
            "version": version,
            "orgs": list(orgs),
            "metrics": of_month,
            "ref_orgs": sorted(reporters.intersection(orgs)),
            "ref_metrics": [reference.metric for reference in references],
        }
        return BoundStatement(statement(__package__, "expected_cells", past=past), binds)

    def cells(self, orgs: Iterable[str]) -> Iterator[tuple[ExpectedMetric, str, AreaNumber, bool]]:
        """Yield every cell of these organisations: metric, organisation, area, and whether it is voluntary."""
        for org in orgs:
            for metric in self.metrics:
                yield from ((metric, org, area, False) for area in metric.required.get(org, ()))
                yield from ((metric, org, area, True) for area in metric.voluntary.get(org, ()))


@cached_on_definition(512)
def month_expectations(definition: AppliedDefinition, month: date) -> MonthExpectations:
    """Return the expectations of a month under a definition version; derived metrics are expected from no organisation."""
    metrics = definition.reported_in(month)
    references = frozenset(definition.metric_numbers[metric.code] for metric in metrics if metric.kind is MetricKind.REFERENCE)
    return MonthExpectations(month, tuple(expected_metric(definition, metric, month) for metric in metrics), references)


def expected_cells(
    definition: AppliedDefinition, month: date, orgs: Sequence[str], stored: Iterable[StoredCount], at: datetime
) -> list[ExpectedCell]:
    """Return every cell of these organisations in the order of their codes, as of a timestamp; none unless the month is open."""
    zone = ZoneInfo(definition.campaign.timezone)
    today = at.astimezone(zone).date()
    if not (definition.calendar.is_open(month, today) and definition.calendar.has_begun(month)):
        return []
    counts = _by_cell(stored)
    cells = []
    for cell in month_expectations(definition, month).cells(orgs):
        metric, org, area, voluntary = cell
        count = counts.get(CellKey(metric.metric, org, area))
        if count or not voluntary:
            cells.append(_expected_cell(definition, month, cell, count, today, zone))
    return sorted(cells, key=lambda cell: cell.key)


def _by_cell(stored: Iterable[StoredCount]) -> Mapping[CellKey, StoredCount]:
    """Return the latest count of each cell, with the time at which the first one was reported."""
    latest: dict[CellKey, StoredCount] = {}
    for count in stored:
        cell = CellKey(count.metric, count.org, count.area)
        other = latest.get(cell, count)
        latest[cell] = max(count, other, key=lambda each: each.month)._replace(first_at=min(count.first_at, other.first_at))
    return latest


def _expected_cell(
    definition: AppliedDefinition,
    month: date,
    cell: tuple[ExpectedMetric, str, AreaNumber, bool],
    count: StoredCount | None,
    today: date,
    zone: ZoneInfo,
) -> ExpectedCell:
    metric, org, area, voluntary = cell
    calendar = definition.calendar
    day = count.first_at.astimezone(zone).date() if count else today
    late_days = 0 if voluntary else calendar.late_days(month, day)
    return ExpectedCell(
        org=org,
        metric=metric.code,
        area=definition.area_codes[area],
        voluntary=voluntary,
        state=_state(count),
        reported_month=count.month if count else None,
        reported_at=count.first_at if count else None,
        due=None if voluntary else calendar.due(month),
        late_days=late_days,
        late_since=calendar.due(month) + timedelta(days=1) if late_days else None,
    )


def _state(count: StoredCount | None) -> ObligationState:
    if count is None:
        return ObligationState.MISSING
    return ObligationState.REPORTED if count.value else ObligationState.ZERO
