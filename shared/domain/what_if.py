"""Summary lines as they would be with hypothetical counts; nothing is written."""

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
"""By the month of the counts; None: as if the count had not been reported."""


class ChangedLine(NamedTuple):
    """A line before and after; None if there is no such line."""

    month: date
    indicator: PlannedIndicator
    breakdown: Breakdown
    target: Target | None
    before: SummaryLine | None
    after: SummaryLine | None

    @property
    def flipped(self) -> bool:
        """True if the target is met after the change and was not before, or the other way round."""
        return _met(self.before) is not _met(self.after)


class BrokenRule(NamedTuple):
    """A rule that would refuse the hypothetical counts."""

    month: date
    rule: Rule
    org: str
    area: AreaNumber


class _MonthCount(NamedTuple):
    """A hypothetical count that a month's lines read."""

    month: date  # of the count; for references it may be an earlier one
    value: int | None


def with_hypothetical_counts(plan: MonthPlan, rows: Sequence[CountsRow], hypothetical: HypotheticalCounts) -> list[CountsRow]:
    """Return the rows of a plan's month with hypothetical counts in place of the stored ones.

    A reference count applies from its own month on, until one that was reported for a later month.
    """
    replacements = _replacements(plan, hypothetical)
    counts: dict[tuple[int, str, date], dict[AreaNumber, int]] = {}
    accepted: dict[tuple[int, str, date], bool] = {}
    for _, metric, org, month, is_accepted, areas, stored in rows:
        accepted[metric, org, month] = is_accepted
        kept = counts[metric, org, month] = {}
        for area, count in zip(areas, stored, strict=True):
            cell = CellKey(metric, org, area)
            if cell in replacements and replacements[cell].month < month:
                del replacements[cell]
            if cell not in replacements:
                kept[area] = count
    for (metric, org, area), (month, replacement) in replacements.items():
        if replacement is not None:
            counts.setdefault((metric, org, month), {})[area] = replacement
    return [
        (plan.month, *key, accepted.get(key, False), sorted(by_area), [by_area[area] for area in sorted(by_area)])
        for key, by_area in counts.items()
        if by_area
    ]


def _replacements(plan: MonthPlan, hypothetical: HypotheticalCounts) -> dict[CellKey, _MonthCount]:
    """Return the hypothetical counts that a plan's month reads: those of the month itself, and the latest of each reference."""
    return {
        cell: _MonthCount(month, count)
        for month in sorted(hypothetical)
        for cell, count in hypothetical[month].items()
        if month == plan.month or (month < plan.month and cell.metric in plan.cells.reference_metrics)
    }


def changed_lines(
    plan: MonthPlan,
    rows: Sequence[CountsRow],
    hypothetical: HypotheticalCounts,
    is_visible: Callable[[Breakdown], bool],
) -> Iterator[ChangedLine]:
    """Yield the visible lines of a plan's month, of every breakdown, whose deciding value or missing counts would change."""
    affected: dict[int, set[AreaNumber]] = defaultdict(set)
    for cell in _replacements(plan, hypothetical):
        affected[cell.metric].add(cell.area)
    counts_before = counts_by_month([plan], rows)[plan.month]
    counts_after = counts_by_month([plan], with_hypothetical_counts(plan, rows, hypothetical))[plan.month]
    for by_area, by_org in ((False, False), (False, True), (True, False), (True, True)):
        before, after = (
            {key: line for key, line in _lines(plan, counts, affected, by_area=by_area, by_org=by_org) if is_visible(key[1])}
            for counts in (counts_before, counts_after)
        )
        for key in (*after, *(key for key in before if key not in after)):
            old, new = before.get(key), after.get(key)
            if _comparable(old) != _comparable(new):
                code, breakdown = key
                indicator = next(each for each in plan.indicators if each.code == code)
                yield ChangedLine(plan.month, indicator, breakdown, plan.target(indicator, breakdown), old, new)


def _lines(
    plan: MonthPlan, counts: MonthCounts, affected: Mapping[int, Collection[AreaNumber]], *, by_area: bool, by_org: bool
) -> Iterator[tuple[tuple[str, Breakdown], SummaryLine]]:
    """Yield the lines of one breakdown that read an affected count, unless a coarser breakdown has them as well."""
    for indicator in plan.indicators:
        inputs = indicator.inputs if indicator.deciding.numerator else {CASES_METRIC}
        areas = {area for metric in inputs for area in affected.get(metric, ())}
        for breakdown in indicator.breakdowns(counts, by_area=by_area, by_org=by_org) if areas else ():
            is_broken_down = (breakdown.area is not None, breakdown.org is not None) == (by_area, by_org)
            if is_broken_down and (breakdown.area is None or indicator.includes(breakdown.area, areas)):
                yield (indicator.code, breakdown), summary_line(plan, indicator, counts, breakdown)


def broken_rules(plan: MonthPlan, rows: Sequence[CountsRow], hypothetical: HypotheticalCounts) -> Iterator[BrokenRule]:
    """Yield the refusing rules that the counts which indicators read would break: a part larger than its whole."""
    numbers = plan.definition.metric_numbers
    counts = {
        CellKey(metric, org, area): value
        for _, metric, org, _, _, areas, values in with_hypothetical_counts(plan, rows, hypothetical)
        for area, value in zip(areas, values, strict=True)
    }
    for rule in plan.definition.rules_of(plan.month):
        if rule.kind is not RuleKind.PART_OF or not rule.refuses or rule.part is None or rule.whole is None:
            continue
        pair = (numbers[rule.part], numbers[rule.whole])
        for org, area in dict.fromkeys(
            (cell.org, cell.area) for cell in _replacements(plan, hypothetical) if cell.metric in pair
        ):
            part, whole = (counts.get(CellKey(metric, org, area)) for metric in pair)
            if part is not None and whole is not None and part > whole:
                yield BrokenRule(plan.month, rule, org, area)


def _met(line: SummaryLine | None) -> bool:
    return line is not None and line.deciding.status is Status.MET


def _comparable(line: SummaryLine | None) -> object:
    """Return what a response shows of a line: one whose hidden sums alone differ does not change."""
    return None if line is None else (line.deciding.document(), line.missing_cells)
