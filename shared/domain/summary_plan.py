"""A month's indicators as its definition has them, prepared once for each definition version. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.campaign.blocks import EVERYBODY, Indicator, Metric, Target, Variant
from shared.domain.counts import AreaNumber, AreasByOrg, ExpectedMetric
from shared.domain.summary_lines import Breakdown, PlannedIndicator, PlannedVariant
from shared.vocabulary import Grain, MetricKind


@dataclass(frozen=True, eq=False)  # one object for all months in which the same is in force
class SummaryCells:
    """The cells that a month's summary reads."""

    counted: tuple[int, ...]  # metric numbers read for the month itself
    counting: tuple[str, ...]  # the organisations that may have reported those
    referred: tuple[tuple[int, str, AreaNumber], ...]  # cells of reference metrics: the latest month not after the one asked

    @cached_property
    def references(self) -> frozenset[int]:
        """The reference metrics, by number."""
        return frozenset(metric for metric, _, _ in self.referred)


@dataclass(frozen=True, eq=False)  # one object for each definition version and month
class MonthPlan:
    """What a month's summary computes and which cells it reads."""

    month: date
    definition: AppliedDefinition
    indicators: tuple[PlannedIndicator, ...]
    cells: SummaryCells

    @cached_property
    def _targets(self) -> dict[tuple[str, Breakdown], Target | None]:
        return {}

    def target(self, indicator: PlannedIndicator, within: Breakdown) -> Target | None:
        """The target a line is judged by."""
        asked = (indicator.code, within)
        if asked not in self._targets:
            area = self.definition.area_codes[within.area] if within.area is not None else None
            self._targets[asked] = self.definition.target_of(indicator.code, self.month, area, within.org)
        return self._targets[asked]


@cached_on_definition(512)
def summary_plan(definition: AppliedDefinition, month: date) -> MonthPlan:
    """The plan of a month under a definition version."""
    return replace(_plan_of_era(definition, definition.era(month), None), month=month)


@cached_on_definition(2_048)  # a series has one a month
def indicator_plan(definition: AppliedDefinition, month: date, code: str) -> MonthPlan:
    """The plan of one indicator alone, which reads nothing for the others; an empty one where the month has no such indicator."""
    return replace(_plan_of_era(definition, definition.era(month), frozenset((code,))), month=month)


@cached_on_definition(512)
def metrics_plan(definition: AppliedDefinition, month: date, metrics: frozenset[int]) -> MonthPlan:
    """The plan of the indicators that read any of some metrics, by number."""
    codes = frozenset(each.code for each in summary_plan(definition, month).indicators if not each.inputs.isdisjoint(metrics))
    return replace(_plan_of_era(definition, definition.era(month), codes), month=month)


@cached_on_definition(256)
def _plan_of_era(definition: AppliedDefinition, era: date, codes: frozenset[str] | None) -> MonthPlan:
    """What the plans of a stretch of months share, of some indicators or of all."""
    return _plan(definition, era, [block for block in definition.indicators_of(era) if codes is None or block.code in codes])


def uncached_plan(definition: AppliedDefinition, month: date) -> MonthPlan:
    """The same for a definition that is not in force: nothing is remembered."""
    return _plan(definition, month, definition.indicators_of(month))


def _plan(definition: AppliedDefinition, month: date, indicators: Sequence[Indicator]) -> MonthPlan:
    metrics = {metric.code: metric for metric in definition.metrics_of(month)}
    blocks = [block for block in indicators if all(code in metrics for code in block.metrics)]
    owed = {code: expected_metric(definition, metrics[code], month) for block in blocks for code in block.metrics}
    counted = [code for code in owed if metrics[code].kind is not MetricKind.REFERENCE]
    return MonthPlan(
        month=month,
        definition=definition,
        indicators=tuple(_planned(definition, block, owed, month) for block in blocks),
        cells=SummaryCells(
            counted=tuple(owed[code].metric for code in counted),
            counting=tuple(dict.fromkeys(org for code in counted for org in (*owed[code].places, *owed[code].voluntary))),
            referred=tuple(
                cell for code, each in owed.items() if metrics[code].kind is MetricKind.REFERENCE for cell in each.cells()
            ),
        ),
    )


def expected_metric(definition: AppliedDefinition, metric: Metric, month: date) -> ExpectedMetric:
    """Where a metric is expected in a month."""
    owing = (EVERYBODY,) if metric.of_everybody else tuple(definition.owing(metric, month))
    voluntary = tuple(org for org in metric.reported_by if definition.organisation(org).valid(month))
    return ExpectedMetric(
        metric=definition.metric_numbers[metric.code],
        code=metric.code,
        places=_places(definition, metric, owing, month),
        voluntary=_places(definition, metric, voluntary, month),
        by_area=metric.grain is Grain.STREET,
        derived=metric.of_everybody,
    )


def _places(definition: AppliedDefinition, metric: Metric, orgs: tuple[str, ...], month: date) -> AreasByOrg:
    areas_for = definition.areas_for
    return {org: sorted(definition.area_numbers[area.code] for area in areas_for(metric, org, month)) for org in orgs}


def _planned(
    definition: AppliedDefinition, block: Indicator, owed: Mapping[str, ExpectedMetric], month: date
) -> PlannedIndicator:
    by_area = any(owed[code].by_area for code in block.metrics)
    return PlannedIndicator(
        code=block.code,
        scale=block.scale,
        decimals=block.decimals,
        unit=block.unit.model_dump(),
        comparator=block.comparator,
        variants=tuple(_variant(block, variant, owed) for variant in block.variants),
        inputs=frozenset(owed[code].metric for code in block.metrics),
        areas=tuple(definition.area_numbers[area.code] for area in definition.streets(month)) if by_area else (),
    )


def _variant(block: Indicator, variant: Variant, owed: Mapping[str, ExpectedMetric]) -> PlannedVariant:
    numerator, denominator = block.numerator_of(variant), block.denominator_of(variant)
    return PlannedVariant(
        code=variant.code,
        reducer=variant.reducer,
        numerator=owed[numerator] if numerator else None,
        denominator=owed[denominator] if denominator else None,
        decides=variant.code == block.decides,
    )
