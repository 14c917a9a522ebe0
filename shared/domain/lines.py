"""The lines of a summary: one indicator, month, and where asked for one area and organisation. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from shared.domain.arithmetic import display_of, gap_of, reaches, value_of
from shared.domain.facts import CASES, NOBODY, Facts, Owed, Report
from shared.domain.reduce import NOTHING, REDUCERS, Counts
from shared.vocabulary import Reducer, Status


@dataclass(frozen=True, slots=True)
class PlannedVariant:
    """A variant with its numerator's metric; None for reducers that count no metric."""

    code: str
    reducer: Reducer
    numerator: Owed | None
    decides: bool


@dataclass(frozen=True, slots=True)
class PlannedIndicator:
    """An indicator as a month's definition has it, ready to be computed."""

    code: str
    scale: int
    decimals: int
    unit: Mapping[str, str]  # zh, en
    comparator: str
    variants: tuple[PlannedVariant, ...]
    denominator: Owed | None
    inputs: frozenset[int]  # metric numbers
    areas: tuple[int, ...]  # the areas its inputs are broken down by; empty where they are not

    @property
    def deciding(self) -> PlannedVariant:
        """The variant that is compared with the target."""
        return next(variant for variant in self.variants if variant.decides)


class Breakdown(NamedTuple):
    """What one line is about; None where it is not broken down."""

    area: int | None
    org: str | None


class MissingCell(NamedTuple):
    """An owed count that was not reported."""

    org: str
    metric: str
    area: int


class Figure(NamedTuple):
    """One variant of one line. The numbers are None where an owed cell is missing."""

    variant: str
    decides: bool
    status: Status
    numerator: int | None
    denominator: int | None
    value: float | None
    display: str | None
    gap: int | None
    partial: tuple[int, int] | None  # numerator and denominator of what was reported, where incomplete


class Line(NamedTuple):
    """One line, with the state of the deciding variant's cells."""

    indicator: PlannedIndicator
    breakdown: Breakdown
    figures: tuple[Figure, ...]
    deciding: Figure
    reported: int  # cells with a count above 0
    zero: int
    missing: tuple[MissingCell, ...]
    provisional: bool
    references: tuple[tuple[str, date], ...]  # metric and month of each denominator that is older than the month asked


class _Side:
    """The cells of one metric within a breakdown."""

    __slots__ = ("missing", "reports")

    def __init__(self, owed: Owed, facts: Facts, inputs: frozenset[int], within: Breakdown) -> None:
        area, org = within
        places = owed.expected(facts, inputs)
        if org is not None and org in places:  # a base that others report is not broken down by organisation
            places = {org: places[org]}
        if area is not None and owed.by_area:
            places = {org: [area] for org, areas in places.items() if area in areas}
        self.reports: list[Report] = []
        self.missing: list[MissingCell] = []
        known = facts.get(owed.metric, {})
        for reporter, areas in places.items():
            reports = known.get(reporter, ())
            if len(reports) == 1 and reports[0].areas == areas:
                self.reports.append(reports[0])
            else:
                picked = [part for report in reports if (part := report.of(areas)).areas]
                self.reports += picked
                found = {each for report in picked for each in report.areas}
                self.missing += [MissingCell(reporter, owed.code, each) for each in areas if each not in found]


def line(indicator: PlannedIndicator, facts: Facts, month: date, within: Breakdown, target: Fraction | None) -> Line:
    """Compute one line of a month; `target` is the one it is judged by."""
    denominator = _Side(indicator.denominator, facts, indicator.inputs, within) if indicator.denominator else None
    sides: dict[int, _Side] = {}
    figures = []
    for variant in _variants(indicator, within):
        side = None
        if variant.numerator is not None:
            metric = variant.numerator.metric
            side = sides.get(metric) or sides.setdefault(metric, _Side(variant.numerator, facts, indicator.inputs, within))
        counts = _counts(variant, side, denominator, facts)
        if (side and side.missing) or (denominator and denominator.missing):
            figures.append(Figure(variant.code, variant.decides, Status.INCOMPLETE, None, None, None, None, None, partial=counts))
        else:
            figures.append(_verdict(indicator, variant, counts, within, target))
        if variant.decides:
            deciding = figures[-1]
            read = [each for each in (side, denominator) if each]
    reports = [report for side in read for report in side.reports]
    zero = sum([report.values.count(0) for report in reports])
    older = {report.month for report in denominator.reports if report.month < month} if denominator else ()
    return Line(
        indicator=indicator,
        breakdown=within,
        figures=tuple(figures),
        deciding=deciding,
        reported=sum([len(report.values) for report in reports]) - zero,
        zero=zero,
        missing=tuple([cell for side in read for cell in side.missing]),
        provisional=any(side.missing for side in read) or not all(report.accepted for report in reports),
        references=tuple([(indicator.denominator.code, each) for each in sorted(older)]) if indicator.denominator else (),
    )


def _variants(indicator: PlannedIndicator, within: Breakdown) -> Iterator[PlannedVariant]:
    """A count that no organisation reported cannot be broken down by organisation."""
    for variant in indicator.variants:
        if within.org is None or variant.decides or variant.numerator is None or not variant.numerator.derived:
            yield variant


def _counts(variant: PlannedVariant, side: _Side | None, denominator: _Side | None, facts: Facts) -> tuple[int, int]:
    """Numerator and denominator over what was reported; a plain number stands over 1."""
    if side is None:
        (cases,) = facts[CASES][NOBODY]
        return cases.total, 1
    top, bottom = REDUCERS[variant.reducer](Counts(side.reports), Counts(denominator.reports) if denominator else NOTHING)
    return top, bottom if denominator else 1


def _verdict(
    indicator: PlannedIndicator, variant: PlannedVariant, counts: tuple[int, int], within: Breakdown, target: Fraction | None
) -> Figure:
    """A variant whose owed cells are all there."""
    top, bottom = counts
    if bottom == 0:
        return Figure(variant.code, variant.decides, Status.NOT_APPLICABLE, top, bottom, None, None, None, None)
    status, gap = Status.NO_TARGET if within.org is None else Status.NOT_APPLICABLE, None
    if target is not None:
        status = Status.MET if reaches(top, bottom, indicator.scale, target) else Status.NOT_MET
        gap = gap_of(top, bottom, indicator.scale, target)
    value = value_of(top, bottom, indicator.scale)
    display = display_of(top, bottom, indicator.scale, indicator.decimals)
    return Figure(variant.code, variant.decides, status, top, bottom, value, display, gap, None)


def breakdowns(indicator: PlannedIndicator, facts: Facts, *, by_area: bool, by_org: bool) -> Iterator[Breakdown]:
    """The lines an indicator has in a breakdown; a dimension that its inputs lack is None."""
    areas: tuple[int | None, ...] = indicator.areas if by_area and indicator.areas else (None,)
    counted = indicator.deciding.numerator
    for area in areas:
        if not by_org or counted is None or counted.derived:
            yield Breakdown(area, None)
            continue
        for org in counted.expected(facts, indicator.inputs):
            yield Breakdown(area, org)
