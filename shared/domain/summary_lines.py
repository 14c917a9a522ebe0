"""The lines of a summary: one indicator, month, and where asked for one area and organisation. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Final, NamedTuple

from shared.domain.arithmetic import display_of, gap_of, reaches_target, value_of
from shared.domain.counts import CASES_METRIC, AreasByOrg, ExpectedMetric, MetricCounts, MonthCounts
from shared.domain.reducers import REDUCERS
from shared.vocabulary import Reducer, Status


@dataclass(frozen=True, slots=True)
class PlannedVariant:
    """A variant with the metrics it reads: no numerator for reducers that count no metric, no denominator for a plain number."""

    code: str
    reducer: Reducer
    numerator: ExpectedMetric | None
    denominator: ExpectedMetric | None
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
    def sides(self) -> tuple[ExpectedMetric | None, ...]:
        """What its variants read: each numerator and denominator once."""
        return tuple(dict.fromkeys([side for each in self.variants for side in (each.numerator, each.denominator)]))

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


class VariantValue(NamedTuple):
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


class SummaryLine(NamedTuple):
    """One line, with the state of the deciding variant's cells."""

    indicator: PlannedIndicator
    breakdown: Breakdown
    figures: tuple[VariantValue, ...]
    deciding: VariantValue
    reported: int  # cells with a count above 0
    zero: int
    missing: tuple[MissingCell, ...]
    provisional: bool
    references: tuple[tuple[str, date], ...]  # metric and month of each denominator that is older than the month asked


_NOTHING = MetricCounts()
_EVERYWHERE = Breakdown(None, None)
_WHOLE: Final = (None,)  # of a dimension that is not broken down


def metric_counts(owed: ExpectedMetric | None, facts: MonthCounts, inputs: frozenset[int], within: Breakdown) -> MetricCounts:
    """The cells of one metric that a line reads; `inputs` are the metrics of its indicator."""
    if owed is None:
        return _NOTHING
    return facts.get(owed.metric, _NOTHING).within(expected_areas(owed, facts, inputs, within))


def missing_cells(owed: ExpectedMetric | None, side: MetricCounts) -> list[MissingCell]:
    """The owed cells that a side lacks: told only where somebody asks, since there may be as many as areas."""
    cells: list[MissingCell] = []
    if owed is None:
        return cells
    for org, areas in side.lacking.items():
        found = {each for report in side.reports if report.org == org for each in report.areas}
        cells += [MissingCell(org, owed.code, each) for each in areas if each not in found]
    return cells


def expected_areas(owed: ExpectedMetric, facts: MonthCounts, inputs: frozenset[int], within: Breakdown) -> AreasByOrg:
    """Where a line wants a metric's counts: areas by organisation."""
    if within is _EVERYWHERE:
        return owed.expected(facts, inputs)
    return _narrowed(owed.expected(facts, inputs), owed, within) if owed.voluntary else _owed_within(owed, within)


@lru_cache(maxsize=4096)
def _owed_within(owed: ExpectedMetric, within: Breakdown) -> AreasByOrg:
    return _narrowed(owed.places, owed, within)


def _narrowed(places: AreasByOrg, owed: ExpectedMetric, within: Breakdown) -> AreasByOrg:
    area, org = within
    if org is not None and org in places:  # a base that others report is not broken down by organisation
        places = {org: places[org]}
    if area is not None and owed.by_area:
        places = {org: [area] for org, areas in places.items() if area in areas}
    return places


def line(indicator: PlannedIndicator, facts: MonthCounts, month: date, within: Breakdown, target: Fraction | None) -> SummaryLine:
    """Compute one line of a month; `target` is the one it is judged by."""
    sides = {owed: metric_counts(owed, facts, indicator.inputs, within) for owed in indicator.sides}
    variants = indicator.variants if within.org is None else indicator.variants_by_org
    figures = [
        _figure(indicator, each, (sides[each.numerator], sides[each.denominator]), facts, within, target) for each in variants
    ]
    decides = indicator.deciding
    top, base = sides[decides.numerator], sides[decides.denominator]
    incomplete = bool(top.lacking or base.lacking)
    older = {report.month for report in base.reports if report.month < month}
    zero = top.zero + base.zero
    return SummaryLine(
        indicator,
        within,
        tuple(figures),
        figures[variants.index(decides)],
        top.cells + base.cells - zero,
        zero,
        (*missing_cells(decides.numerator, top), *missing_cells(decides.denominator, base)) if incomplete else (),
        incomplete or not (top.accepted and base.accepted),
        tuple([(decides.denominator.code, each) for each in sorted(older)]) if decides.denominator else (),
    )


def deciding_value(indicator: PlannedIndicator, facts: MonthCounts, within: Breakdown, target: Fraction | None) -> VariantValue:
    """The deciding variant of one line, where nothing else of it is asked for: nor what an incomplete one would amount to."""
    variant, inputs = indicator.deciding, indicator.inputs
    over, under = (
        metric_counts(variant.numerator, facts, inputs, within),
        metric_counts(variant.denominator, facts, inputs, within),
    )
    if over.lacking or under.lacking:
        return VariantValue(variant.code, variant.decides, Status.INCOMPLETE, None, None, None, None, None, None)
    return _figure(indicator, variant, (over, under), facts, within, target)


def _figure(
    indicator: PlannedIndicator,
    variant: PlannedVariant,
    sides: tuple[MetricCounts, MetricCounts],  # numerator, denominator
    facts: MonthCounts,
    within: Breakdown,
    target: Fraction | None,
) -> VariantValue:
    code, decides, scale = variant.code, variant.decides, indicator.scale
    over, under = sides
    top, bottom = _counts(variant, over, under, facts)
    if over.lacking or under.lacking:
        return VariantValue(code, decides, Status.INCOMPLETE, None, None, None, None, None, (top, bottom))
    if bottom == 0:
        return VariantValue(code, decides, Status.NOT_APPLICABLE, top, bottom, None, None, None, None)
    status, gap = Status.NO_TARGET if within.org is None else Status.NOT_APPLICABLE, None
    if target is not None:
        status = Status.MET if reaches_target(top, bottom, scale, target) else Status.NOT_MET
        gap = gap_of(top, bottom, scale, target)
    value, display = value_of(top, bottom, scale), display_of(top, bottom, scale, indicator.decimals)
    return VariantValue(code, decides, status, top, bottom, value, display, gap, None)


def _counts(variant: PlannedVariant, over: MetricCounts, under: MetricCounts, facts: MonthCounts) -> tuple[int, int]:
    """Numerator and denominator over what was reported; a plain number stands over 1."""
    if variant.numerator is None:
        return facts[CASES_METRIC].total, 1
    top, bottom = REDUCERS[variant.reducer](over, under)
    return top, bottom if variant.denominator else 1


def breakdowns(indicator: PlannedIndicator, facts: MonthCounts, *, by_area: bool, by_org: bool) -> tuple[Breakdown, ...]:
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
