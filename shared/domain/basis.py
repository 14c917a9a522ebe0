"""Which months of a line can be compared with each other: complete ones, counted in the same way. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

from shared.campaign.definition import Definition
from shared.domain.facts import Owed
from shared.domain.lines import Line, PlannedIndicator, narrowed
from shared.domain.pace import Point, Ratio
from shared.vocabulary import LeftOut, MetricKind, Reducer, RuleKind

_WITHIN_THE_BASE = frozenset({Reducer.MAX_BY_AREA, Reducer.CAPPED_SUM, Reducer.EACH, Reducer.ANY, Reducer.ALL})
_OF_INDICATOR = {"denominator", "scale", "unit", "caliber", "decides"}
_OF_METRIC = {"code", "unit", "kind", "grain", "derived", "caliber"}
Meaning = tuple[Mapping[str, object], ...]
"""What a deciding figure counts: months in which it differs are months of two different indicators under one code."""


class Basis(NamedTuple):
    """The months that a pace and a forecast rest on, and those in between that they cannot."""

    points: tuple[Point, ...]
    left_out: tuple[tuple[date, LeftOut], ...]


def meaning_of(definition: Definition, code: str, month: date) -> Meaning:
    """The meaning of an indicator in a month; an empty one where the month has no such indicator."""
    for block in definition.indicators_of(month):
        if block.code == code:
            numerator = block.numerator_of(block.deciding)
            metrics = [each for each in definition.metrics_of(month) if each.code in (numerator, block.denominator)]
            return (
                {**block.model_dump(include=_OF_INDICATOR), "numerator": numerator, "reducer": block.deciding.reducer},
                *(metric.model_dump(include=_OF_METRIC) for metric in metrics),
            )
    return ()


def basis_of(months: Sequence[date], lines: Mapping[date, Line], meanings: Mapping[date, Meaning], begun: date | None) -> Basis:
    """The comparable ones of some months in a row, for one line that stands in the last of them.

    Before the line's first count there is nothing to leave out. Where its figure rests on no count, `begun` is the first month.
    """
    asked = months[-1]
    last = lines[asked]
    started = (month for month, line in lines.items() if line.reported + line.zero)
    first = min(started, default=None) if last.indicator.inputs else begun
    points: list[Point] = []
    left_out: list[tuple[date, LeftOut]] = []
    for month in months:
        if first is None or month < first:
            continue
        line = lines.get(month)
        if line is None or (top := line.deciding.numerator) is None:
            left_out.append((month, LeftOut.INCOMPLETE))
        elif meanings[month] != meanings[asked]:
            left_out.append((month, LeftOut.OTHER_DEFINITION))
        elif _counted(line) != _counted(last):
            left_out.append((month, LeftOut.OTHER_REPORTERS))
        elif not (bottom := line.deciding.denominator):
            left_out.append((month, LeftOut.EMPTY_BASE))
        else:
            points.append(Point(month, top, bottom))
    return Basis(tuple(points), tuple(left_out))


def ratio_of(line: Line, definition: Definition, month: date) -> Ratio:
    """How the counts of a line behave from month to month."""
    indicator = line.indicator
    counted, base = indicator.deciding.numerator, indicator.denominator
    kinds = {metric.code: metric.kind for metric in definition.metrics_of(month)}
    return Ratio(
        indicator.scale,
        indicator.decimals,
        moving_base=base is not None and kinds[base.code] is not MetricKind.REFERENCE,
        bounded=indicator.deciding.reducer in _WITHIN_THE_BASE or _is_part(counted, base, definition, month),
    )


def _is_part(counted: Owed | None, base: Owed | None, definition: Definition, month: date) -> bool:
    """Whether a rule keeps the count within its base."""
    if counted is None or base is None:
        return False
    return any(
        rule.kind is RuleKind.PART_OF and rule.refuses and (rule.part, rule.whole) == (counted.code, base.code)
        for rule in definition.rules_of(month)
    )


def _counted(line: Line) -> tuple[object, ...]:
    """Who counts the line's figure, and where: another carrier or street makes another figure of it."""
    indicator: PlannedIndicator = line.indicator
    sides = [owed for owed in (indicator.deciding.numerator, indicator.denominator) if owed is not None]
    places = [narrowed(owed.places, owed, line.breakdown) for owed in sides]
    return (*places, line.reported + line.zero + len(line.missing))
