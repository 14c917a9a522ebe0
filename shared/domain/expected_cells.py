"""What every organisation owed for a month, and whether and when it came. Pure.

Two rules that are easy to get wrong. A count is as late as its cell was first reported: correcting it does not make it late.
A reference metric is satisfied by any vintage not after the month, and was reported when the first of those was.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.domain.counts import AreaNumber, ExpectedMetric
from shared.domain.summary_plan import expected_metric
from shared.vocabulary import MetricKind, ObligationState

Cell = tuple[str, int, AreaNumber]
"""Organisation, metric's number, area's number."""
LATE: Final = "late"
"""Stands among the totals beside the states: reported late, or missing beyond the grace."""


class StoredCount(NamedTuple):
    """A count that stands."""

    org: str
    metric: int
    area: AreaNumber
    month: date  # its own; older than the month asked about for references only
    value: int
    first_at: datetime  # when the cell was reported, whatever corrected it since


@dataclass(frozen=True, slots=True)
class ExpectedCell:
    """One cell of a month."""

    org: str
    metric: str
    area: str
    voluntary: bool
    state: ObligationState
    reported_month: date | None  # whose count it is: the vintage, for references
    reported_at: datetime | None
    due: date | None  # None: voluntary
    late_days: int
    late_since: date | None

    @property
    def key(self) -> tuple[str, str, str]:
        """Its place in the list."""
        return self.org, self.metric, self.area


@dataclass(frozen=True, eq=False)  # one object for each definition version and month
class MonthExpectations:
    """What a month's definition expects of whom."""

    owed: tuple[ExpectedMetric, ...]
    referred: frozenset[int]  # the metrics of which any vintage counts

    def metrics(self, *, referred: bool) -> list[int]:
        """The numbers of the reference metrics, or of the others."""
        return [each.metric for each in self.owed if (each.metric in self.referred) is referred]

    def referring(self) -> list[str]:
        """The organisations that report reference metrics."""
        return sorted({org for each in self.owed if each.metric in self.referred for org in (*each.required, *each.voluntary)})

    def asked(self, month: date, orgs: Sequence[str], version: int) -> dict[str, object]:
        """What `expected_cells.sql` is asked for, but for the campaign: the counts of a month at a data version."""
        return {
            "month": month,
            "version": version,
            "orgs": orgs,
            "counted": self.metrics(referred=False),
            "referring": [org for org in self.referring() if org in orgs],
            "referred": self.metrics(referred=True),
        }

    def cells(self, orgs: Iterable[str]) -> Iterator[tuple[ExpectedMetric, str, AreaNumber, bool]]:
        """Every cell of these organisations, and whether it is voluntary."""
        for org in orgs:
            for each in self.owed:
                yield from ((each, org, area, False) for area in each.required.get(org, ()))
                yield from ((each, org, area, True) for area in each.voluntary.get(org, ()))


@cached_on_definition(512)
def month_expectations(definition: AppliedDefinition, month: date) -> MonthExpectations:
    """What is expected of a month under a definition version; derived metrics are owed by nobody."""
    metrics = definition.reported_in(month)
    referred = frozenset(definition.metric_numbers[metric.code] for metric in metrics if metric.kind is MetricKind.REFERENCE)
    return MonthExpectations(tuple(expected_metric(definition, metric, month) for metric in metrics), referred)


def expected_cells(
    definition: AppliedDefinition, month: date, orgs: Sequence[str], standing: Iterable[StoredCount], at: datetime
) -> list[ExpectedCell]:
    """Every cell of these organisations in the order of their codes, judged at an instant; none before the month opens."""
    zone = ZoneInfo(definition.campaign.timezone)
    today = at.astimezone(zone).date()
    if not definition.calendar.is_open(month, today):
        return []
    found = _by_cell(standing)
    judged = [
        _judged(definition, month, cell, found.get((cell[1], cell[0].metric, cell[2])), today, zone)
        for cell in month_expectations(definition, month).cells(orgs)
    ]
    return sorted((each for each in judged if not (each.voluntary and each.reported_at is None)), key=lambda each: each.key)


def state_totals(judged: Iterable[ExpectedCell]) -> dict[str, int]:
    """How many cells are in each state, and how many are late."""
    judged = list(judged)
    by_state = Counter(each.state.value for each in judged)
    return {state.value: by_state[state.value] for state in ObligationState} | {LATE: sum(each.late_days > 0 for each in judged)}


def _by_cell(standing: Iterable[StoredCount]) -> Mapping[Cell, StoredCount]:
    """The latest vintage of each cell, reported when the first of its vintages was."""
    found: dict[Cell, StoredCount] = {}
    for count in standing:
        cell = (count.org, count.metric, count.area)
        other = found.get(cell, count)
        found[cell] = max(count, other, key=lambda each: each.month)._replace(first_at=min(count.first_at, other.first_at))
    return found


def _judged(
    definition: AppliedDefinition,
    month: date,
    cell: tuple[ExpectedMetric, str, AreaNumber, bool],
    count: StoredCount | None,
    today: date,
    zone: ZoneInfo,
) -> ExpectedCell:
    owed, org, area, voluntary = cell
    calendar = definition.calendar
    day = count.first_at.astimezone(zone).date() if count else today
    late_days = 0 if voluntary else calendar.late_days(month, day)
    return ExpectedCell(
        org=org,
        metric=owed.code,
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
