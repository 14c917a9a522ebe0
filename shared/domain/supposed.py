"""The counts of a month as if some of them were others, and the lines that this moves. Pure: nothing is written to know it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from shared.campaign.blocks import Rule, Target
from shared.domain.facts import CASES, Area
from shared.domain.lines import Breakdown, Line, PlannedIndicator
from shared.domain.plan import Plan
from shared.domain.summary import ReportRow, summarise
from shared.vocabulary import RuleKind, Status


class Cell(NamedTuple):
    """Where one count stands: metric and area by number."""

    metric: int
    org: str
    area: Area


Supposed = Mapping[Cell, int | None]
"""The counts that are to be others; None: as if there were none."""
Seen = Callable[[Breakdown], bool]


class Moved(NamedTuple):
    """A line before and after; None where there is no such line."""

    indicator: PlannedIndicator
    breakdown: Breakdown
    target: Target | None
    before: Line | None
    after: Line | None

    @property
    def flipped(self) -> bool:
        """Whether the target is reached after and was not before, or the other way round."""
        return _met(self.before) is not _met(self.after)


class Contradiction(NamedTuple):
    """A rule that would refuse the counts as they are supposed."""

    rule: Rule
    org: str
    area: Area


def supposing(reports: Sequence[ReportRow], month: date, supposed: Supposed) -> list[ReportRow]:
    """The rows of one month's summary with other counts: what is supposed was counted in the month itself."""
    counts: dict[tuple[int, str, date], dict[Area, int]] = {}
    accepted: dict[tuple[int, str, date], bool] = {}
    for _, metric, org, own, signed, areas, values in reports:
        standing = zip(areas, values, strict=True)
        counts[metric, org, own] = {area: value for area, value in standing if Cell(metric, org, area) not in supposed}
        accepted[metric, org, own] = signed
    for (metric, org, area), value in supposed.items():
        if value is not None:
            counts.setdefault((metric, org, month), {})[area] = value
    return [
        (month, metric, org, own, accepted.get((metric, org, own), False), sorted(found), [found[area] for area in sorted(found)])
        for (metric, org, own), found in counts.items()
        if found
    ]


def moved(plan: Plan, reports: Sequence[ReportRow], supposed: Supposed, seen: Seen) -> Iterator[Moved]:
    """The lines that are seen, of every breakdown, whose deciding figure or missing cells would be others."""
    touched: dict[int, set[Area]] = defaultdict(set)
    for cell in supposed:
        touched[cell.metric].add(cell.area)
    after = supposing(reports, plan.month, supposed)
    for by_area, by_org in ((False, False), (False, True), (True, False), (True, True)):
        if by_area and not any(indicator.areas for indicator in plan.indicators):
            continue
        was, now = (_lines(plan, rows, touched, seen, by_area=by_area, by_org=by_org) for rows in (reports, after))
        for where in (*now, *(each for each in was if each not in now)):
            if _short(was.get(where)) != _short(now.get(where)):
                code, within = where
                indicator = next(each for each in plan.indicators if each.code == code)
                yield Moved(indicator, within, plan.target(indicator, within), was.get(where), now.get(where))


def _lines(
    plan: Plan, reports: Sequence[ReportRow], touched: Mapping[int, Collection[Area]], seen: Seen, *, by_area: bool, by_org: bool
) -> dict[tuple[str, Breakdown], Line]:
    """The lines of one breakdown that read a count which is supposed; what a coarser breakdown has as well is left to it."""

    def concerned(indicator: PlannedIndicator, within: Breakdown) -> bool:
        read = indicator.inputs if indicator.deciding.numerator else {CASES}
        areas = set().union(*(touched.get(metric, ()) for metric in read))
        return bool(areas) and (within.area is None or within.area in areas) and seen(within)

    return {
        (judged.line.indicator.code, judged.line.breakdown): judged.line
        for judged in summarise([plan], reports, by_area=by_area, by_org=by_org, seen=concerned)
        if (judged.line.breakdown.area is not None, judged.line.breakdown.org is not None) == (by_area, by_org)
    }


def contradictions(plan: Plan, reports: Sequence[ReportRow], supposed: Supposed) -> Iterator[Contradiction]:
    """Where a part would be more than its whole, so that a push is refused; among the counts that indicators read."""
    numbers = plan.loaded.metric_numbers
    counts = {
        Cell(metric, org, area): value
        for _, metric, org, _, _, areas, values in supposing(reports, plan.month, supposed)
        for area, value in zip(areas, values, strict=True)
    }
    for rule in plan.loaded.definition.rules_of(plan.month):
        if rule.kind is not RuleKind.PART_OF or not rule.refuses or rule.part is None or rule.whole is None:
            continue
        pair = (numbers[rule.part], numbers[rule.whole])
        for org, area in dict.fromkeys((cell.org, cell.area) for cell in supposed if cell.metric in pair):
            part, whole = (counts.get(Cell(metric, org, area)) for metric in pair)
            if part is not None and whole is not None and part > whole:
                yield Contradiction(rule, org, area)


def _met(line: Line | None) -> bool:
    return line is not None and line.deciding.status is Status.MET


def _short(line: Line | None) -> object:
    return None if line is None else (line.deciding, line.missing)
