"""The lines of a summary: one indicator, month, and where asked for one area and organisation. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from shared.domain.arithmetic import display_of, gap_of, reaches, value_of
from shared.domain.facts import CASES, Facts, Owed, Places, Report, Reported
from shared.domain.reduce import REDUCERS
from shared.vocabulary import Reducer, Status


@dataclass(frozen=True, slots=True)
class PlannedVariant:
    """A variant with the metrics it reads: no numerator for reducers that count no metric, no denominator for a plain number."""

    code: str
    reducer: Reducer
    numerator: Owed | None
    denominator: Owed | None
    decides: bool


@dataclass(frozen=True, eq=False)
class PlannedIndicator:
    """An indicator as a month's definition has it, ready to be computed."""

    code: str
    scale: int
    decimals: int
    unit: Mapping[str, str]  # zh, en
    comparator: str
    variants: tuple[PlannedVariant, ...]
    inputs: frozenset[int]  # metric numbers
    areas: tuple[int, ...]  # the areas its inputs are broken down by; empty where they are not

    @cached_property
    def deciding(self) -> PlannedVariant:
        """The variant that is compared with the target."""
        return next(variant for variant in self.variants if variant.decides)

    @cached_property
    def variants_by_org(self) -> tuple[PlannedVariant, ...]:
        """A count that no organisation reported cannot be broken down by organisation."""
        return tuple(each for each in self.variants if each.decides or not (each.numerator and each.numerator.derived))


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


class Side(NamedTuple):
    """The cells of one metric within a breakdown."""

    reports: Sequence[Report]
    metric: str = ""
    lacking: Mapping[str, Sequence[int]] = {}  # where an organisation's counts do not fill its places: these

    @property
    def incomplete(self) -> bool:
        """Whether an owed cell is missing."""
        return bool(self.lacking)

    @property
    def missing(self) -> list[MissingCell]:
        """The owed cells that are: told only where somebody asks, since there may be as many as areas."""
        cells: list[MissingCell] = []
        for reporter, areas in self.lacking.items():
            found = {each for report in self.reports if report.org == reporter for each in report.areas}
            cells += [MissingCell(reporter, self.metric, each) for each in areas if each not in found]
        return cells


NO_SIDE = Side(())
_NOTHING = Reported()
_EVERYWHERE = Breakdown(None, None)
_WHOLE: Final = (None,)  # of a dimension that is not broken down


def side_of(owed: Owed | None, facts: Facts, inputs: frozenset[int], within: Breakdown) -> Side:
    """The cells of one metric that a line reads; `inputs` are the metrics of its indicator."""
    if owed is None:
        return NO_SIDE
    known = facts.get(owed.metric, _NOTHING)
    places = places_of(owed, facts, inputs, within)
    if known.places == places and len(known.reports) == len(places):
        return Side(known.reports)
    reports: list[Report] = []
    lacking: dict[str, Sequence[int]] = {}
    for reporter, areas in places.items():
        there = 0
        for report in known.reports:
            if report.org == reporter and (part := report.of(areas)).areas:
                reports.append(part)
                there += len(part.areas)
        if there < len(areas):
            lacking[reporter] = areas
    return Side(reports, owed.code, lacking)


def places_of(owed: Owed, facts: Facts, inputs: frozenset[int], within: Breakdown) -> Places:
    """Where a line wants a metric's counts: areas by organisation."""
    if within is _EVERYWHERE:
        return owed.expected(facts, inputs)
    return _narrowed(owed.expected(facts, inputs), owed, within) if owed.voluntary else _owed_within(owed, within)


@lru_cache(maxsize=4096)
def _owed_within(owed: Owed, within: Breakdown) -> Places:
    return _narrowed(owed.places, owed, within)


def _narrowed(places: Places, owed: Owed, within: Breakdown) -> Places:
    area, org = within
    if org is not None and org in places:  # a base that others report is not broken down by organisation
        places = {org: places[org]}
    if area is not None and owed.by_area:
        places = {org: [area] for org, areas in places.items() if area in areas}
    return places


def line(indicator: PlannedIndicator, facts: Facts, month: date, within: Breakdown, target: Fraction | None) -> Line:
    """Compute one line of a month; `target` is the one it is judged by."""
    sides: dict[Owed | None, Side] = {}
    figures = []
    for variant in indicator.variants if within.org is None else indicator.variants_by_org:
        counted, divided = variant.numerator, variant.denominator
        if counted not in sides:
            sides[counted] = side_of(counted, facts, indicator.inputs, within)
        if divided not in sides:
            sides[divided] = side_of(divided, facts, indicator.inputs, within)
        over, under = sides[counted], sides[divided]
        figure = _figure(
            indicator, variant, _counts(variant, over, under, facts), over.incomplete or under.incomplete, within, target
        )
        figures.append(figure)
        if variant.decides:
            deciding, top, base, owed = figure, over, under, divided
    reports = [*top.reports, *base.reports]
    zero = sum([report.values.count(0) for report in reports])
    older = {report.month for report in base.reports if report.month < month}
    return Line(
        indicator,
        within,
        tuple(figures),
        deciding,
        sum([len(report.values) for report in reports]) - zero,
        zero,
        (*top.missing, *base.missing),
        top.incomplete or base.incomplete or not all(report.accepted for report in reports),
        tuple([(owed.code, each) for each in sorted(older)]) if owed else (),
    )


def deciding_figure(indicator: PlannedIndicator, facts: Facts, within: Breakdown, target: Fraction | None) -> Figure:
    """The deciding variant of one line, where nothing else of it is asked for: nor what an incomplete one would amount to."""
    variant = indicator.deciding
    side = side_of(variant.numerator, facts, indicator.inputs, within)
    base = side_of(variant.denominator, facts, indicator.inputs, within)
    if side.incomplete or base.incomplete:
        return Figure(variant.code, variant.decides, Status.INCOMPLETE, None, None, None, None, None, None)
    return _figure(indicator, variant, _counts(variant, side, base, facts), False, within, target)  # noqa: FBT003


def _figure(
    indicator: PlannedIndicator,
    variant: PlannedVariant,
    counts: tuple[int, int],
    missing: bool,  # noqa: FBT001 - whether an owed cell is
    within: Breakdown,
    target: Fraction | None,
) -> Figure:
    if missing:
        return Figure(variant.code, variant.decides, Status.INCOMPLETE, None, None, None, None, None, counts)
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


def _counts(variant: PlannedVariant, side: Side, base: Side, facts: Facts) -> tuple[int, int]:
    """Numerator and denominator over what was reported; a plain number stands over 1."""
    if variant.numerator is None:
        (cases,) = facts[CASES].reports
        return cases.total, 1
    top, bottom = REDUCERS[variant.reducer](side.reports, base.reports)
    return top, bottom if variant.denominator else 1


def breakdowns(indicator: PlannedIndicator, facts: Facts, *, by_area: bool, by_org: bool) -> tuple[Breakdown, ...]:
    """The lines an indicator has in a breakdown; a dimension that its inputs lack is None."""
    counted = indicator.deciding.numerator
    broken_down = by_org and counted is not None and not counted.derived
    return _product(
        indicator.areas if by_area and indicator.areas else _WHOLE,
        tuple(counted.expected(facts, indicator.inputs)) if counted and broken_down else _WHOLE,
    )


@lru_cache(maxsize=64)
def _product(areas: tuple[int | None, ...], orgs: tuple[str | None, ...]) -> tuple[Breakdown, ...]:
    if areas == _WHOLE and orgs == _WHOLE:
        return (_EVERYWHERE,)
    return tuple([Breakdown(area, org) for area in areas for org in orgs])
