"""Which months of a line its pace can rest on: those that a series would subtract from each other. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from services.indicators.series.additions import Revision, breaks_between
from services.indicators.series.figures import PeriodFigure
from shared.campaign.definition import Definition
from shared.domain.counts import ExpectedMetric
from shared.domain.pace import Point, RatioShape
from shared.domain.summary_lines import SummaryLine
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import MetricKind, Reducer, RuleKind, SeriesBreak

_WITHIN_THE_BASE = frozenset({Reducer.MAX_BY_AREA, Reducer.CAPPED_SUM, Reducer.EACH, Reducer.ANY, Reducer.ALL})
_NO_MATTER = frozenset({SeriesBreak.FLOW, SeriesBreak.GAP})  # a flow has a pace; an empty base is told of its own month


class LeftOut(NamedTuple):
    """A month that cannot be compared with the one asked for, and why."""

    month: date
    reason: SeriesBreak
    text: Bilingual


class Basis(NamedTuple):
    """The months that a pace and a forecast rest on, and those in between that they cannot."""

    points: tuple[Point, ...]
    left_out: tuple[LeftOut, ...]


def basis_of(
    figures: Mapping[date, PeriodFigure], months: Sequence[date], revisions: Sequence[Revision], begun: date | None
) -> Basis:
    """The comparable ones of some months in a row, for one line that stands in the last of them.

    Before the line's first count there is nothing to leave out. Where its figure rests on no count, `begun` is the first month.
    """
    asked = figures[months[-1]]
    started = (month for month, each in figures.items() if each.judged.line.reported + each.judged.line.zero)
    first = min(started, default=None) if asked.judged.line.indicator.inputs else begun
    points: list[Point] = []
    left_out: list[LeftOut] = []
    for month in months:
        if first is not None and month >= first:
            found = _point(month, figures.get(month), asked, revisions)
            if isinstance(found, Point):
                points.append(found)
            else:
                left_out.append(found)
    return Basis(tuple(points), tuple(left_out))


def _point(month: date, figure: PeriodFigure | None, asked: PeriodFigure, revisions: Sequence[Revision]) -> Point | LeftOut:
    top = None if figure is None else figure.judged.line.deciding.numerator
    if figure is None or top is None:
        text = Bilingual(zh=f"{month_text(month)} 没有数值", en=f"{month_text(month)} has no figure")
        return LeftOut(month, SeriesBreak.GAP, text)
    for between in breaks_between(figure, asked, revisions):
        if between.withholds and between.kind not in _NO_MATTER:
            return LeftOut(month, between.kind, between.text)
    if not (bottom := figure.judged.line.deciding.denominator):
        text = Bilingual(zh=f"{month_text(month)} 的分母为 0", en=f"the denominator of {month_text(month)} is 0")
        return LeftOut(month, SeriesBreak.GAP, text)
    return Point(month, top, bottom)


def ratio_of(line: SummaryLine, definition: Definition, month: date) -> RatioShape:
    """How the counts of a line behave from month to month."""
    indicator = line.indicator
    counted, base = indicator.deciding.numerator, indicator.deciding.denominator
    kinds = {metric.code: metric.kind for metric in definition.metrics_of(month)}
    return RatioShape(
        indicator.scale,
        indicator.decimals,
        moving_base=base is not None and kinds[base.code] is not MetricKind.REFERENCE,
        bounded=indicator.deciding.reducer in _WITHIN_THE_BASE or _is_part(counted, base, definition, month),
    )


def _is_part(counted: ExpectedMetric | None, base: ExpectedMetric | None, definition: Definition, month: date) -> bool:
    """Whether a rule keeps the count within its base."""
    if counted is None or base is None:
        return False
    return any(
        rule.kind is RuleKind.PART_OF and rule.refuses and (rule.part, rule.whole) == (counted.code, base.code)
        for rule in definition.rules_of(month)
    )
