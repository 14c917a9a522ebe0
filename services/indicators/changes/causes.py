"""The data versions that changed a line."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from shared.campaign.applied import AppliedDefinition
from shared.domain.counts import AreaNumber, Breakdown, CountPlace, ExpectedMetric
from shared.domain.summary import CountsRow
from shared.domain.summary_lines import SummaryLine
from shared.domain.summary_plan import PlannedIndicator, summary_plan
from shared.vocabulary import LedgerKind


class CountChange(NamedTuple):
    """A data version that wrote or ended counts of a metric."""

    version: int
    org: str
    month: date
    metric: int
    area: AreaNumber | None  # None: areas are not distinguished


class LedgerEvent(NamedTuple):
    """A data version without counts: a month accepted or reopened, a case approved or withdrawn, a definition applied."""

    kind: LedgerKind
    version: int
    org: str | None  # of an accepted month
    month: date | None  # the accepted month, or the first month whose number of cases changed


class ChallengeEvent(NamedTuple):
    """A data version that opened or ended a challenge."""

    version: int
    place: CountPlace  # of the challenged count


class _CellCount(NamedTuple):
    """The count of a cell, or all counts of an organisation's metric if areas are not distinguished."""

    month: date  # of the count
    accepted: bool
    value: object


class _ChangedCell(NamedTuple):
    """A cell that differs between the two versions."""

    org: str
    area: AreaNumber | None
    first: date  # the earliest month of its counts
    counts_changed: bool  # otherwise only the acceptance of their months did


_CountsByCell = dict[tuple[date, int, str, AreaNumber | None], list[_CellCount]]


class Causes:
    """The data versions between two versions, by the lines that they changed."""

    def __init__(
        self,
        definitions: Sequence[AppliedDefinition],
        count_changes: Iterable[CountChange],
        events: Sequence[LedgerEvent],
        challenges: Sequence[ChallengeEvent],
        opened: Mapping[date, int],
    ) -> None:
        """`definitions` are the one in force at the earlier version and those applied since, in order.

        `opened` are the months that the earlier version did not have, with the version that opened each.
        """
        self._definitions = definitions
        self._opened = opened
        self._events = events
        self._challenges = challenges
        self._count_changes: dict[tuple[str, int, AreaNumber | None], list[CountChange]] = defaultdict(list)
        for change in count_changes:
            self._count_changes[change.org, change.metric, change.area].append(change)
        self._changed_cells: dict[tuple[date, int], list[_ChangedCell]] = defaultdict(list)

    def compare(self, before: Sequence[CountsRow], after: Sequence[CountsRow], *, by_area: bool) -> None:
        """Compare the counts that the lines were computed from at both versions."""
        old, new = _counts_by_cell(before, by_area=by_area), _counts_by_cell(after, by_area=by_area)
        for cell in old.keys() | new.keys():
            old_counts, new_counts = (sorted(counts.get(cell, ())) for counts in (old, new))
            if old_counts != new_counts:
                month, metric, org, area = cell
                first = min(count.month for count in (*old_counts, *new_counts))
                changed = [(count.month, count.value) for count in old_counts] != [
                    (count.month, count.value) for count in new_counts
                ]
                self._changed_cells[month, metric].append(_ChangedCell(org, area, first, changed))

    def versions_for(self, before: SummaryLine | None, after: SummaryLine | None, *, deadline_changed: bool) -> list[int]:
        """Return the versions that changed a line, oldest first: of its counts, acceptances, challenges, cases and definitions.

        A deadline depends on the counts of earlier months too.
        """
        line = after or before
        if line is None:
            return []
        versions = set(self._definition_versions(line))
        if before is None and line.month in self._opened:
            versions.add(self._opened[line.month])
        provisional_changed = before is None or after is None or before.provisional is not after.provisional
        challenges_changed = before is None or after is None or before.challenged != after.challenged
        for state in (before, after):
            if state is not None:
                versions.update(self._challenge_versions(state) if challenges_changed else ())
                versions.update(self._data_versions(state, with_acceptances=provisional_changed))
                if deadline_changed:
                    versions.update(self._count_versions_up_to(state))
        return sorted(versions)

    def _challenge_versions(self, line: SummaryLine) -> Iterator[int]:
        """Yield the versions that opened or ended challenges of the line's counts."""
        for metric in line_inputs(line.indicator, line.breakdown):
            for version, place in self._challenges:
                if place.metric == metric.metric and place.month <= line.month and _uses(metric, line.breakdown, place):
                    yield version

    def _count_versions_up_to(self, line: SummaryLine) -> Iterator[int]:
        """Yield the versions of the counts that changed in the line's month or an earlier one."""
        for metric in line_inputs(line.indicator, line.breakdown):
            for (month, number), cells in self._changed_cells.items():
                if number == metric.metric and month <= line.month:
                    yield from self._count_versions(metric, line.breakdown, month, cells)

    def _count_versions(
        self, metric: ExpectedMetric, breakdown: Breakdown, month: date, cells: Iterable[_ChangedCell]
    ) -> Iterator[int]:
        for cell in cells:
            if cell.counts_changed and _uses(metric, breakdown, cell):
                changes = self._count_changes[cell.org, metric.metric, cell.area]
                yield from (change.version for change in changes if cell.first <= change.month <= month)

    def _data_versions(self, line: SummaryLine, *, with_acceptances: bool) -> Iterator[int]:
        """Yield the versions of the line's counts and approved cases and, if they matter, of accepted months."""
        indicator, breakdown = line.indicator, line.breakdown
        for metric in line_inputs(indicator, breakdown):
            cells = self._changed_cells[line.month, metric.metric]
            yield from self._count_versions(metric, breakdown, line.month, cells)
            for cell in cells if with_acceptances else ():
                if _uses(metric, breakdown, cell):
                    yield from self._acceptances(cell, line.month)
        if indicator.counts_cases:
            cases = (event for event in self._events if event.kind is LedgerKind.CASE)
            yield from (event.version for event in cases if event.month and event.month <= line.month)

    def _acceptances(self, cell: _ChangedCell, month: date) -> Iterator[int]:
        for event in self._events:
            same_org = event.kind is LedgerKind.SUBMISSION and event.org == cell.org
            if same_org and event.month and cell.first <= event.month <= month:
                yield event.version

    def _definition_versions(self, line: SummaryLine) -> Iterator[int]:
        """Yield the definitions that compute or judge the line in another way than the one before."""
        rules = None
        for number, definition in enumerate(self._definitions):
            before, rules = rules, _rules(definition, line)
            if number and rules != before:
                yield definition.version


def line_inputs(indicator: PlannedIndicator, breakdown: Breakdown) -> Iterator[ExpectedMetric]:
    """Return the metrics that a line is computed from."""
    variants = indicator.variants if breakdown.org is None else indicator.variants_by_org
    metrics = dict.fromkeys(metric for variant in variants for metric in (variant.denominator, variant.numerator))
    return (metric for metric in metrics if metric is not None)


def _uses(metric: ExpectedMetric, breakdown: Breakdown, cell: _ChangedCell | CountPlace) -> bool:
    """Tell whether a line uses a cell; a denominator that others report is not broken down by organisation."""
    reported_by_org = breakdown.org in metric.required or breakdown.org in metric.voluntary
    if reported_by_org and cell.org != breakdown.org:
        return False
    return breakdown.area is None or not metric.by_area or metric.includes(breakdown.area, cell.area)


def _counts_by_cell(rows: Iterable[CountsRow], *, by_area: bool) -> _CountsByCell:
    cells: _CountsByCell = defaultdict(list)
    for requested_month, metric, org, month, accepted, areas, counts in rows:
        if by_area:
            for area, count in zip(areas, counts, strict=True):
                cells[requested_month, metric, org, area].append(_CellCount(month, accepted, count))
        else:
            cells[requested_month, metric, org, None].append(_CellCount(month, accepted, (areas, counts)))
    return cells


def _rules(definition: AppliedDefinition, line: SummaryLine) -> object:
    """Return how a definition computes and judges a line, in comparable form; None if it has no such line."""
    breakdown, code = line.breakdown, line.indicator.code
    plan = summary_plan(definition, line.month)
    indicator = next((indicator for indicator in plan.indicators if indicator.code == code), None)
    if indicator is None or (breakdown.area is not None and breakdown.area not in definition.area_codes):
        return None
    target = plan.target(indicator, breakdown)
    return (
        (indicator.scale, indicator.decimals, indicator.unit, indicator.comparator, indicator.areas),
        [
            (variant.code, variant.reducer, _number(variant.numerator), _number(variant.denominator), variant.decides)
            for variant in indicator.variants
        ],
        [
            (metric.metric, metric.required, metric.voluntary, metric.by_area, metric.derived, metric.parts)
            for metric in line_inputs(indicator, breakdown)
        ],
        target and (target.ratio, target.due),
    )


def _number(metric: ExpectedMetric | None) -> int | None:
    return None if metric is None else metric.metric
