"""A month's indicators and the counts that they read, prepared once for each definition version."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Final

from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.campaign.blocks import EVERYBODY, Indicator, Metric, Target, Variant
from shared.database.sql import array_of, text_array
from shared.domain.arithmetic import Threshold
from shared.domain.counts import WHOLE, AreaNumber, AreaParts, AreasByOrg, Breakdown, CellKey, ExpectedMetric, MonthCounts
from shared.vocabulary import Comparator, Grain, MetricKind, Reducer, SeriesStep

REFERENCE_CELLS_MAX: Final = 1_000  # that are looked up one by one


@dataclass(frozen=True, slots=True)
class PlannedVariant:
    """A variant with the metrics it reads: no numerator for reducers that count no metric, no denominator for a plain number."""

    code: str
    reducer: Reducer
    numerator: ExpectedMetric | None
    denominator: ExpectedMetric | None
    decides: bool
    unit: Mapping[str, str]  # of the numerator


@dataclass(frozen=True, eq=False)
class PlannedIndicator:
    """An indicator as a month's definition has it, ready to be computed."""

    code: str
    scale: int
    decimals: int
    unit: Mapping[str, str]  # zh, en
    comparator: Comparator
    variants: tuple[PlannedVariant, ...]
    inputs: frozenset[int]  # metric numbers
    areas: tuple[int, ...]  # the areas its lines are broken down by, in the order of the file; empty if they are not
    parts: AreaParts  # of those that are no subdistricts

    @cached_property
    def deciding(self) -> PlannedVariant:
        """The variant that is compared with the target."""
        return next(variant for variant in self.variants if variant.decides)

    @cached_property
    def metrics(self) -> tuple[ExpectedMetric | None, ...]:
        """The numerators and denominators of its variants, each once; None stands for those that a variant does not have."""
        return tuple(dict.fromkeys([side for each in self.variants for side in (each.numerator, each.denominator)]))

    @cached_property
    def variants_by_org(self) -> tuple[PlannedVariant, ...]:
        """The variants of a line of one organisation: a count that no organisation reported cannot be broken down."""
        return tuple(each for each in self.variants if each.decides or not (each.numerator and each.numerator.derived))

    def threshold(self, target: Target | None) -> Threshold | None:
        """Return the threshold that a target sets for the indicator's values."""
        return Threshold(target.ratio, self.comparator) if target else None

    def orgs(self, counts: MonthCounts) -> Collection[str] | None:
        """Return the organisations that its lines are broken down by; None if its inputs cannot be."""
        counted = self.deciding.numerator
        return counted.expected_areas(counts, self.inputs).keys() if counted and not counted.derived else None

    @property
    def counts_cases(self) -> bool:
        """True if a variant counts approved cases."""
        return any(variant.numerator is None for variant in self.variants)

    def includes(self, area: AreaNumber, changed: Collection[AreaNumber]) -> bool:
        """Return whether the lines of an area read the counts of one of some subdistricts."""
        return area in changed or not self.parts.get(area, frozenset()).isdisjoint(changed)

    def has_line(self, counts: MonthCounts, breakdown: Breakdown) -> bool:
        """Return whether a month has the line of a breakdown."""
        if breakdown.area is not None and breakdown.area not in self.areas:
            return False
        return breakdown.org is None or breakdown.org in (self.orgs(counts) or ())

    def breakdowns(self, counts: MonthCounts, *, by_area: bool, by_org: bool) -> tuple[Breakdown, ...]:
        """Return the breakdowns of its lines; a dimension that its inputs lack is None."""
        areas = self.areas if by_area else ()
        orgs = self.orgs(counts) if by_org else None
        if not areas and orgs is None:
            return (WHOLE,)
        return tuple([Breakdown(area, org) for area in areas or (None,) for org in (orgs if orgs is not None else (None,))])


@dataclass(frozen=True, eq=False)  # one object for all months in which the same is in force
class SummaryCells:
    """The counts that the summaries of some months read."""

    metrics: tuple[int, ...]  # read for the month itself, by number
    orgs: tuple[str, ...]  # that may have reported those
    references: tuple[CellKey, ...]  # cells of reference metrics: the latest month up to the requested one

    @cached_property
    def reference_metrics(self) -> frozenset[int]:
        """The reference metrics, by number."""
        return frozenset(cell.metric for cell in self.references)

    @cached_property
    def wide(self) -> bool:
        """True if the reference cells are too many to be looked up one by one."""
        return len(self.references) > REFERENCE_CELLS_MAX

    @cached_property
    def binds(self) -> Mapping[str, str]:
        """The binds of `summary.sql` that name the cells."""
        one_by_one = () if self.wide else self.references
        return {
            "metrics": array_of(self.metrics),
            "orgs": text_array(self.orgs),
            "ref_metrics": array_of(cell.metric for cell in one_by_one),
            "ref_orgs": text_array(cell.org for cell in one_by_one),
            "ref_areas": array_of(cell.area for cell in one_by_one),
            "wide_metrics": array_of(dict.fromkeys(cell.metric for cell in self.references) if self.wide else ()),
            "wide_orgs": text_array(dict.fromkeys(cell.org for cell in self.references) if self.wide else ()),
        }


@dataclass(frozen=True, eq=False)  # one object for each definition version and month
class MonthPlan:
    """The indicators that a month's summary computes, and the counts that it reads."""

    month: date
    definition: AppliedDefinition
    indicators: tuple[PlannedIndicator, ...]
    cells: SummaryCells

    @cached_property
    def _targets(self) -> Mapping[tuple[str, AreaNumber | None, str | None, SeriesStep], Target | None]:
        """The target of each indicator, area, organisation and period that has one of its own."""
        definition = self.definition
        return {
            (
                target.indicator,
                definition.area_numbers[target.area] if target.area else None,
                target.org,
                target.period,
            ): definition.target_of(target.indicator, self.month, target.area, target.org, target.period)
            for target in definition.targets
            if target.kind == "campaign"
        }

    def target(self, indicator: PlannedIndicator, breakdown: Breakdown, period: SeriesStep = SeriesStep.MONTH) -> Target | None:
        """Return the target that a line is compared with: an area without one of its own has the campaign's."""
        area, org = breakdown
        own = self._targets.get((indicator.code, area, org, period))
        return own or self._targets.get((indicator.code, None, org, period))


@cached_on_definition(512)
def summary_plan(definition: AppliedDefinition, month: date) -> MonthPlan:
    """Return the plan of a month under a definition version."""
    return replace(_plan_of_era(definition, definition.era(month), None), month=month)


@cached_on_definition(2_048)  # a series has one a month
def indicators_plan(definition: AppliedDefinition, month: date, codes: frozenset[str]) -> MonthPlan:
    """Return the plan of some indicators alone, without those that the month does not have."""
    return replace(_plan_of_era(definition, definition.era(month), codes), month=month)


@cached_on_definition(512)
def metrics_plan(definition: AppliedDefinition, month: date, metrics: frozenset[int]) -> MonthPlan:
    """Return the plan of the indicators that read any of some metrics, by number."""
    indicators = summary_plan(definition, month).indicators
    codes = frozenset(indicator.code for indicator in indicators if not indicator.inputs.isdisjoint(metrics))
    return replace(_plan_of_era(definition, definition.era(month), codes), month=month)


@cached_on_definition(256)
def _plan_of_era(definition: AppliedDefinition, era: date, codes: frozenset[str] | None) -> MonthPlan:
    """Return what the plans of the months of an era share, for some indicators or for all."""
    return _plan(definition, era, [block for block in definition.indicators_of(era) if codes is None or block.code in codes])


def _plan(definition: AppliedDefinition, month: date, indicators: Sequence[Indicator]) -> MonthPlan:
    metrics = {metric.code: metric for metric in definition.metrics_of(month)}
    blocks = [block for block in indicators if all(code in metrics for code in block.metrics)]
    expected = {code: expected_metric(definition, metrics[code], month) for block in blocks for code in block.metrics}
    of_month = [each for code, each in expected.items() if metrics[code].kind is not MetricKind.REFERENCE]
    references = [each for code, each in expected.items() if metrics[code].kind is MetricKind.REFERENCE]
    return MonthPlan(
        month=month,
        definition=definition,
        indicators=tuple(_planned_indicator(definition, block, expected, month) for block in blocks),
        cells=SummaryCells(
            metrics=tuple(each.metric for each in of_month),
            orgs=tuple(dict.fromkeys(org for each in of_month for org in (*each.required, *each.voluntary))),
            references=tuple(cell for each in references for cell in each.cells()),
        ),
    )


@cached_on_definition(64)
def area_parts(definition: AppliedDefinition, month: date) -> AreaParts:
    """Return the subdistricts below each area between them and the whole area, by number."""
    numbers = definition.area_numbers
    below = definition.areas_below(month)
    return {numbers[area]: frozenset(numbers[street] for street in streets) for area, streets in below.items()}


def expected_metric(definition: AppliedDefinition, metric: Metric, month: date) -> ExpectedMetric:
    """Return a metric with the areas that organisations are expected to count in a month."""
    required = (EVERYBODY,) if metric.of_everybody else tuple(definition.orgs_required(metric, month))
    voluntary = tuple(org for org in metric.reported_by if definition.organisation(org).valid(month))
    return ExpectedMetric(
        metric=definition.metric_numbers[metric.code],
        code=metric.code,
        required=_areas_by_org(definition, metric, required, month),
        voluntary=_areas_by_org(definition, metric, voluntary, month),
        by_area=metric.grain is Grain.STREET,
        derived=metric.of_everybody,
        parts=area_parts(definition, definition.era(month)) if metric.grain is Grain.STREET else {},
    )


def _areas_by_org(definition: AppliedDefinition, metric: Metric, orgs: tuple[str, ...], month: date) -> AreasByOrg:
    areas_for = definition.areas_for
    return {org: sorted(definition.area_numbers[area.code] for area in areas_for(metric, org, month)) for org in orgs}


def _planned_indicator(
    definition: AppliedDefinition, block: Indicator, expected: Mapping[str, ExpectedMetric], month: date
) -> PlannedIndicator:
    by_area = any(expected[code].by_area for code in block.metrics)
    return PlannedIndicator(
        code=block.code,
        scale=block.scale,
        decimals=block.decimals,
        unit=block.unit.model_dump(),
        comparator=block.comparator,
        variants=tuple(_planned_variant(definition, block, variant, expected) for variant in block.variants),
        inputs=frozenset(expected[code].metric for code in block.metrics),
        areas=_areas_of_lines(definition, month) if by_area else (),
        parts=area_parts(definition, definition.era(month)) if by_area else {},
    )


@cached_on_definition(64)
def _areas_of_lines(definition: AppliedDefinition, month: date) -> tuple[AreaNumber, ...]:
    """Return the subdistricts of a month and the areas between them and the whole area."""
    lines = {street.code for street in definition.streets(month)} | definition.areas_below(month).keys()
    return tuple(definition.area_numbers[area.code] for area in definition.areas if area.code in lines)


def _planned_variant(
    definition: AppliedDefinition, block: Indicator, variant: Variant, expected: Mapping[str, ExpectedMetric]
) -> PlannedVariant:
    numerator, denominator = block.numerator_of(variant), block.denominator_of(variant)
    return PlannedVariant(
        code=variant.code,
        reducer=variant.reducer,
        numerator=expected[numerator] if numerator else None,
        denominator=expected[denominator] if denominator else None,
        decides=variant.code == block.decides,
        unit=(variant.unit or (definition.metric(numerator).unit if numerator else block.unit)).model_dump(),
    )
