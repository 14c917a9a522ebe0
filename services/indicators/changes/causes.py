"""Which data versions moved a line. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from shared.campaign.applied import AppliedDefinition
from shared.domain.counts import AreaNumber, Breakdown, ExpectedMetric
from shared.domain.summary import CountsRow
from shared.domain.summary_lines import SummaryLine
from shared.domain.summary_plan import PlannedIndicator, summary_plan
from shared.vocabulary import LedgerKind


class CountChange(NamedTuple):
    """A version that wrote or ended counts of a metric."""

    version: int
    org: str
    month: date
    metric: int
    area: AreaNumber | None  # None: areas were not told apart


class LedgerEvent(NamedTuple):
    """A version that was no count: a month accepted or no longer so, a case approved or withdrawn, a definition applied."""

    kind: LedgerKind
    version: int
    org: str | None  # whose month
    month: date | None  # which was accepted, or in which the case was approved


class _Count(NamedTuple):
    """What stands in a cell, or in all cells of an organisation's metric where areas are not told apart."""

    month: date  # its own
    accepted: bool
    value: object


class _Moved(NamedTuple):
    """A cell that does not look the same at both versions."""

    org: str
    area: AreaNumber | None
    first: date  # the earliest month its counts were taken from
    counts: bool  # or else only the acceptance of their months is another


_Standing = dict[tuple[date, int, str, AreaNumber | None], list[_Count]]


class Causes:
    """What happened between two versions, to be asked line by line."""

    def __init__(
        self, definitions: Sequence[AppliedDefinition], touches: Iterable[CountChange], acts: Sequence[LedgerEvent]
    ) -> None:
        """`definitions` are the one in force at the earlier version and those applied since, in their order."""
        self._definitions = definitions
        self._acts = acts
        self._touches: dict[tuple[str, int, AreaNumber | None], list[CountChange]] = defaultdict(list)
        for touch in touches:
            self._touches[touch.org, touch.metric, touch.area].append(touch)
        self._moved: dict[tuple[date, int], list[_Moved]] = defaultdict(list)

    def compare(self, before: Sequence[CountsRow], after: Sequence[CountsRow], *, by_area: bool) -> None:
        """Take what the lines were computed from at both versions."""
        was, now = _standing(before, by_area=by_area), _standing(after, by_area=by_area)
        for cell in was.keys() | now.keys():
            old, new = (sorted(each.get(cell, ())) for each in (was, now))
            if old != new:
                asked, metric, org, area = cell
                first = min(each.month for each in (*old, *new))
                counts = [(each.month, each.value) for each in old] != [(each.month, each.value) for each in new]
                self._moved[asked, metric].append(_Moved(org, area, first, counts))

    def of(self, was: SummaryLine | None, now: SummaryLine | None) -> list[int]:
        """The versions that moved a line, oldest first: those of the counts, acceptances, cases and definitions it reads."""
        some = now or was
        if some is None:
            return []
        found = set(self._redefined(some))
        settled = was is None or now is None or was.provisional is not now.provisional
        for line in (was, now):
            if line is not None:
                found.update(self._counted(line, settled=settled))
        return sorted(found)

    def _counted(self, line: SummaryLine, *, settled: bool) -> Iterator[int]:
        """By the counts it reads, the acceptance of their months where that shows, and approved cases."""
        indicator, within = line.indicator, line.breakdown
        for owed in line_inputs(indicator, within):
            for cell in self._moved[line.month, owed.metric]:
                if not _reads(owed, within, cell):
                    continue
                if cell.counts:
                    touches = self._touches[cell.org, owed.metric, cell.area]
                    yield from (each.version for each in touches if cell.first <= each.month <= line.month)
                if settled:
                    yield from self._accepted(cell, line.month)
        if any(variant.numerator is None for variant in indicator.variants):
            yield from (
                act.version for act in self._acts if act.kind is LedgerKind.CASE and act.month and act.month <= line.month
            )

    def _accepted(self, cell: _Moved, month: date) -> Iterator[int]:
        for act in self._acts:
            if act.kind is LedgerKind.SUBMISSION and act.org == cell.org and act.month and cell.first <= act.month <= month:
                yield act.version

    def _redefined(self, line: SummaryLine) -> Iterator[int]:
        """The definitions under which the line is computed or judged otherwise than under the one before."""
        sense = None
        for number, definition in enumerate(self._definitions):
            before, sense = sense, _sense(definition, line)
            if number and sense != before:
                yield definition.version


def line_inputs(indicator: PlannedIndicator, within: Breakdown) -> Iterator[ExpectedMetric]:
    """The metrics that a line reads."""
    variants = indicator.variants if within.org is None else indicator.variants_by_org
    read = dict.fromkeys(side for variant in variants for side in (variant.denominator, variant.numerator))
    return (owed for owed in read if owed is not None)


def _reads(owed: ExpectedMetric, within: Breakdown, cell: _Moved) -> bool:
    """Whether a line reads some counts; a base that others report is not broken down by organisation."""
    reported = within.org in owed.required or within.org in owed.voluntary
    if reported and cell.org != within.org:
        return False
    return within.area is None or not owed.by_area or cell.area == within.area


def _standing(reports: Iterable[CountsRow], *, by_area: bool) -> _Standing:
    found: _Standing = defaultdict(list)
    for asked, metric, org, month, accepted, areas, counts in reports:
        if by_area:
            for area, count in zip(areas, counts, strict=True):
                found[asked, metric, org, area].append(_Count(month, accepted, count))
        else:
            found[asked, metric, org, None].append(_Count(month, accepted, (areas, counts)))
    return found


def _sense(definition: AppliedDefinition, line: SummaryLine) -> object:
    """How a definition computes and judges a line; None where it has no such line."""
    within, code = line.breakdown, line.indicator.code
    plan = summary_plan(definition, line.month)
    indicator = next((each for each in plan.indicators if each.code == code), None)
    if indicator is None or (within.area is not None and within.area not in definition.area_codes):
        return None
    target = plan.target(indicator, within)
    return (
        (indicator.scale, indicator.decimals, indicator.unit, indicator.comparator, indicator.areas),
        [
            (each.code, each.reducer, _number(each.numerator), _number(each.denominator), each.decides)
            for each in indicator.variants
        ],
        [(each.metric, each.required, each.voluntary, each.by_area, each.derived) for each in line_inputs(indicator, within)],
        target and (target.ratio, target.due),
    )


def _number(owed: ExpectedMetric | None) -> int | None:
    return None if owed is None else owed.metric
