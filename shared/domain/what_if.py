"""Counts of some months as if they were others, and the lines that this moves. Pure: nothing is written to know it."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from shared.campaign.blocks import Rule, Target
from shared.domain.counts import CASES_METRIC, AreaNumber, Breakdown, CellKey, MonthCounts
from shared.domain.summary import CountsRow, counts_by_month
from shared.domain.summary_lines import SummaryLine, summary_line
from shared.domain.summary_plan import MonthPlan, PlannedIndicator
from shared.vocabulary import RuleKind, Status

HypotheticalCounts = Mapping[date, Mapping[CellKey, int | None]]
"""The counts that are to be others, by their own month; None: as if there were none."""
Seen = Callable[[Breakdown], bool]


class ChangedLine(NamedTuple):
    """A line before and after; None where there is no such line."""

    month: date
    indicator: PlannedIndicator
    breakdown: Breakdown
    target: Target | None
    before: SummaryLine | None
    after: SummaryLine | None

    @property
    def flipped(self) -> bool:
        """Whether the target is reached after and was not before, or the other way round."""
        return _met(self.before) is not _met(self.after)


class BrokenRule(NamedTuple):
    """A rule that would refuse the counts as they are supposed."""

    month: date
    rule: Rule
    org: str
    area: AreaNumber


class _Laid(NamedTuple):
    """A supposed count as one month reads it."""

    own: date  # its own month: of a reference it may be an earlier one
    value: int | None


def with_hypothetical_counts(plan: MonthPlan, reports: Sequence[CountsRow], supposed: HypotheticalCounts) -> list[CountsRow]:
    """The rows of the summary of a plan's month with other counts; `reports` are that month's.

    What is supposed was counted in its own month. A reference holds from there on, until one that was reported for a later month.
    """
    laid = _laid(plan, supposed)
    counts: dict[tuple[int, str, date], dict[AreaNumber, int]] = {}
    accepted: dict[tuple[int, str, date], bool] = {}
    for _, metric, org, own, signed, areas, values in reports:
        accepted[metric, org, own] = signed
        standing = counts[metric, org, own] = {}
        for area, value in zip(areas, values, strict=True):
            cell = CellKey(metric, org, area)
            if cell in laid and laid[cell].own < own:
                del laid[cell]
            if cell not in laid:
                standing[area] = value
    for (metric, org, area), (own, other) in laid.items():
        if other is not None:
            counts.setdefault((metric, org, own), {})[area] = other
    return [
        (plan.month, *which, accepted.get(which, False), sorted(found), [found[area] for area in sorted(found)])
        for which, found in counts.items()
        if found
    ]


def _laid(plan: MonthPlan, supposed: HypotheticalCounts) -> dict[CellKey, _Laid]:
    """What a plan's month reads of the supposed counts: those of the month itself, and of a reference the latest."""
    return {
        cell: _Laid(month, value)
        for month in sorted(supposed)
        for cell, value in supposed[month].items()
        if month == plan.month or (month < plan.month and cell.metric in plan.cells.reference_metrics)
    }


def changed_lines(
    plan: MonthPlan, reports: Sequence[CountsRow], supposed: HypotheticalCounts, seen: Seen
) -> Iterator[ChangedLine]:
    """The lines of a plan's month that are seen, of every breakdown, whose deciding figure or missing cells would be others."""
    touched: dict[int, set[AreaNumber]] = defaultdict(set)
    for cell in _laid(plan, supposed):
        touched[cell.metric].add(cell.area)
    was, now = (
        counts_by_month([plan], rows)[plan.month] for rows in (reports, with_hypothetical_counts(plan, reports, supposed))
    )
    for by_area, by_org in ((False, False), (False, True), (True, False), (True, True)):
        before, after = (_lines(plan, facts, touched, seen, by_area=by_area, by_org=by_org) for facts in (was, now))
        for where in (*after, *(each for each in before if each not in after)):
            if _short(before.get(where)) != _short(after.get(where)):
                code, within = where
                indicator = next(each for each in plan.indicators if each.code == code)
                target = plan.target(indicator, within)
                yield ChangedLine(plan.month, indicator, within, target, before.get(where), after.get(where))


def _lines(
    plan: MonthPlan,
    facts: MonthCounts,
    touched: Mapping[int, Collection[AreaNumber]],
    seen: Seen,
    *,
    by_area: bool,
    by_org: bool,
) -> dict[tuple[str, Breakdown], SummaryLine]:
    """The lines of one breakdown that read a count which is supposed; what a coarser breakdown has as well is left to it."""
    lines: dict[tuple[str, Breakdown], SummaryLine] = {}
    for indicator in plan.indicators:
        read = indicator.inputs if indicator.deciding.numerator else {CASES_METRIC}
        areas = {area for metric in read for area in touched.get(metric, ())}
        for within in indicator.breakdowns(facts, by_area=by_area, by_org=by_org) if areas else ():
            as_asked = (within.area is not None, within.org is not None) == (by_area, by_org)
            if as_asked and (within.area is None or within.area in areas) and seen(within):
                lines[indicator.code, within] = summary_line(plan, indicator, facts, within)
    return lines


def broken_rules(plan: MonthPlan, reports: Sequence[CountsRow], supposed: HypotheticalCounts) -> Iterator[BrokenRule]:
    """Where a part would be more than its whole, so that a push is refused; among the counts that indicators read."""
    numbers = plan.definition.metric_numbers
    counts = {
        CellKey(metric, org, area): value
        for _, metric, org, _, _, areas, values in with_hypothetical_counts(plan, reports, supposed)
        for area, value in zip(areas, values, strict=True)
    }
    for rule in plan.definition.rules_of(plan.month):
        if rule.kind is not RuleKind.PART_OF or not rule.refuses or rule.part is None or rule.whole is None:
            continue
        pair = (numbers[rule.part], numbers[rule.whole])
        for org, area in dict.fromkeys((cell.org, cell.area) for cell in _laid(plan, supposed) if cell.metric in pair):
            part, whole = (counts.get(CellKey(metric, org, area)) for metric in pair)
            if part is not None and whole is not None and part > whole:
                yield BrokenRule(plan.month, rule, org, area)


def _met(line: SummaryLine | None) -> bool:
    return line is not None and line.deciding.status is Status.MET


def _short(line: SummaryLine | None) -> object:
    return None if line is None else (line.deciding, line.missing)
