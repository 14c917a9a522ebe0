"""Ratios of the campaign and its areas that are above the limit of a rule, such as 100 %."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import Rule
from shared.domain.counts import ExpectedMetric
from shared.domain.quality import ComparedCount
from shared.domain.summary import CountsRow
from shared.domain.summary_lines import SummaryLine, VariantValue
from shared.domain.summary_plan import PlannedIndicator, PlannedVariant
from shared.vocabulary import RuleKind


class RatioAboveLimit(NamedTuple):
    """A ratio above its limit, with the counts that it was computed from."""

    rule: Rule
    indicator: PlannedIndicator
    variant: PlannedVariant
    numerator: int
    denominator: int
    metric: int  # that the variant counts
    area: int
    values: list[tuple[str, ComparedCount]]  # with the organisation of each count


def ratios_above_limit(
    definition: AppliedDefinition, rules: Sequence[Rule], lines: Iterable[SummaryLine], reports: Sequence[CountsRow]
) -> Iterator[RatioAboveLimit]:
    """Yield the ratios above the rules' limits, of lines that are not broken down by organisation; incomplete lines have none."""
    root = definition.area_numbers[definition.campaign.area]
    for line in lines:
        indicator, area = line.indicator, line.breakdown.area
        if area in indicator.parts:
            continue  # its subdistricts have findings of their own
        for rule in rules:
            if rule.kind is not RuleKind.ABOVE_LIMIT or rule.indicator != indicator.code:
                continue
            for variant, value in zip(indicator.variants, line.values, strict=True):
                if rule.variant in (None, variant.code) and _exceeds(value, indicator.scale, Fraction(rule.limit or 0)):
                    sides = [side for side in (variant.numerator, variant.denominator) if side is not None]
                    values = list(_counts(sides, reports, root, area))
                    counts = value.numerator or 0, value.denominator or 0
                    yield RatioAboveLimit(rule, indicator, variant, *counts, sides[0].metric, area or root, values)


def _exceeds(value: VariantValue, scale: int, limit: Fraction) -> bool:
    if value.numerator is None or not value.denominator:
        return False
    return value.numerator * scale > limit * value.denominator


def _counts(
    sides: Sequence[ExpectedMetric], reports: Sequence[CountsRow], root: int, area: int | None
) -> Iterator[tuple[str, ComparedCount]]:
    """Yield each organisation's counts of numerator and denominator: those of the area, or sums over all areas."""
    for side in sides:
        for _, metric, org, month, _, areas, counts in reports:
            if metric != side.metric:
                continue
            if area is None:
                yield org, ComparedCount(month, metric, root, sum(counts))
            elif area in areas or not side.by_area:
                yield org, ComparedCount(month, metric, area, counts[areas.index(area)] if side.by_area else sum(counts))
