"""The arithmetic of one variant of a line, step by step with its numbers.

An expression is plain arithmetic over the reported counts; computing it gives the result of the step.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY, Target
from shared.domain.arithmetic import VALUE_DECIMALS, display_of
from shared.domain.counts import AreaNumber, ExpectedMetric, MetricCounts, MonthCounts
from shared.domain.reducers import counts_of_areas
from shared.domain.summary_lines import MissingCell, SummaryLine, VariantValue, counts_read, missing_cells
from shared.domain.summary_plan import PlannedVariant
from shared.values.bilingual import Bilingual
from shared.values.months import month_text, month_zh
from shared.vocabulary import Comparator, Reducer, Status, StepKind


@dataclass(frozen=True, slots=True)
class CalculationStep:
    """One step of the arithmetic: its kind, the calculation with its numbers, and the result."""

    kind: StepKind
    expression: str | None  # None if there is nothing to compute
    result: str
    text: Bilingual
    area: AreaNumber | None = None
    org: str | None = None

    @property
    def adds_up(self) -> bool:
        """True if the expression names the counts one by one."""
        return self.kind in {StepKind.PART, StepKind.NUMERATOR, StepKind.DENOMINATOR}


@dataclass(frozen=True, slots=True)
class VariantCalculation:
    """One variant of a line with the counts it was computed from."""

    definition: AppliedDefinition
    month: date
    line: SummaryLine
    target: Target | None
    variant: PlannedVariant
    value: VariantValue
    numerator_counts: MetricCounts
    denominator_counts: MetricCounts

    @property
    def missing(self) -> list[MissingCell]:
        """The expected cells of numerator and denominator that were not reported."""
        return [
            *missing_cells(self.variant.numerator, self.numerator_counts, self.month),
            *missing_cells(self.variant.denominator, self.denominator_counts, self.month),
        ]

    def steps(self) -> Iterator[CalculationStep]:
        """Yield the steps from the counts to the verdict."""
        numerator, denominator = self.value.partial or (self.value.numerator, self.value.denominator)
        if numerator is not None:
            parts, expression = _PARTS[self.variant.reducer](self)
            yield from parts
            yield CalculationStep(StepKind.NUMERATOR, expression, str(numerator), self._numerator_text())
        if denominator is not None and self.variant.denominator is not None:
            yield from self._denominator_steps(self.variant.denominator, denominator)
        if numerator is None or denominator is None:
            yield self._verdict_step(0, 0)
            return
        if self.value.value is not None:
            yield from self._value_steps(numerator, denominator)
        yield self._verdict_step(numerator, denominator)
        if self.value.gap is not None and self.target is not None:
            yield self._gap_step(self.target, numerator, denominator, self.value.gap)

    def _numerator_text(self) -> Bilingual:
        reducer = self.variant.reducer.title_
        if self.variant.numerator is None:
            return Bilingual(zh=f"分子：{reducer.zh}", en=f"Numerator: {reducer.en}")
        title = self.definition.metric(self.variant.numerator.code).title
        return Bilingual(zh=f"分子：{title.zh}，{reducer.zh}", en=f"Numerator: {title.en}, {reducer.en}")

    def _denominator_steps(self, metric: ExpectedMetric, denominator: int) -> Iterator[CalculationStep]:
        counts = [count for entry in self.denominator_counts.entries for count in entry.counts]
        expression = _sum(counts)
        if self.variant.reducer is Reducer.EACH:
            parts = list(_repeated_denominators(self))
            yield from parts
            expression = _sum([step.result for step in parts])
        title = self.definition.metric(metric.code).title
        older = {entry.month for entry in self.denominator_counts.entries if entry.month < self.month}
        months = [month_text(month) for month in sorted(older)]
        zh = f"（取{'、'.join(map(month_zh, months))}的数据）" if months else ""
        en = f", of {', '.join(months)}" if months else ""
        text = Bilingual(zh=f"分母：{title.zh}{zh}", en=f"Denominator: {title.en}{en}")
        yield CalculationStep(StepKind.DENOMINATOR, expression, str(denominator), text)

    def _value_steps(self, numerator: int, denominator: int) -> Iterator[CalculationStep]:
        indicator = self.line.indicator
        divided = f" ÷ {denominator}" if self.variant.denominator is not None else ""
        expression = f"{_times(numerator, indicator.scale)}{divided}"
        for kind, decimals, zh, en in (
            (StepKind.VALUE, VALUE_DECIMALS, "", ""),
            (StepKind.DISPLAY, indicator.decimals, f"，计量单位为{indicator.unit['zh']}", f", in {indicator.unit['en']}"),
        ):
            text = Bilingual(zh=f"保留 {decimals} 位小数，只舍不入{zh}", en=f"Truncated to {_decimals(decimals)}{en}")
            yield CalculationStep(kind, expression, display_of(numerator, denominator, indicator.scale, decimals), text)

    def _verdict_step(self, numerator: int, denominator: int) -> CalculationStep:
        status = self.value.status
        if status is Status.INCOMPLETE:
            text = self._incomplete_text()
        elif status is Status.NOT_REPORTED:
            text = Bilingual(zh="自愿填报，没有填报数据，不作判定", en="Voluntary counts, and none were reported; no verdict")
        elif denominator == 0:
            text = Bilingual(zh="分母为 0，不适用", en="The denominator is 0; not applicable")
        elif self.target is None:
            text = Bilingual(zh="该行未设目标值，不作判定", en="No target applies to the line; no verdict")
        else:
            return self._comparison_step(self.target, numerator, denominator)
        return CalculationStep(StepKind.VERDICT, None, status.value, text)

    def _incomplete_text(self) -> Bilingual:
        missing = len(self.missing)
        expected = missing + self.numerator_counts.size + self.denominator_counts.size
        return Bilingual(
            zh=f"应报 {expected} 项数据，缺报 {missing} 项；以上仅为已报部分，不作判定",
            en=f"{missing} of {expected} expected counts are missing; the steps cover the reported ones only, without a verdict",
        )

    def _comparison_step(self, target: Target, numerator: int, denominator: int) -> CalculationStep:
        scale, ratio = self.line.indicator.scale, target.ratio
        left, right = numerator * scale * ratio.denominator, ratio.numerator * denominator
        against = f"{target.value} × {denominator}" if self.variant.denominator is not None else target.value
        sign = _COMPARISONS[self.line.indicator.comparator]
        zh, en = sign.reached if self.value.status is Status.MET else sign.missed
        text = Bilingual(
            zh=f"与目标 {target.value} 按整数比较：{left} {zh} {right}，{self.value.status.title_.zh}",
            en=f"Compared with the target {target.value} as integers: {left} {en} {right}; {self.value.status.title_.en}",
        )
        return CalculationStep(
            StepKind.VERDICT, f"{_times(numerator, scale)} {sign.reached[0]} {against}", self.value.status.value, text
        )

    def _gap_step(self, target: Target, numerator: int, denominator: int, gap: int) -> CalculationStep:
        scale = f" ÷ {self.line.indicator.scale}" if self.line.indicator.scale != 1 else ""
        against = f" × {denominator}" if self.variant.denominator is not None else ""
        goal = f"{target.value}{against}{scale}"
        if self.line.indicator.comparator is Comparator.AT_MOST:
            expression = f"max(0, {numerator} − ⌊{goal}⌋)"
            text = Bilingual(zh="分子超出目标的数量，向上取整", en="Excess of the numerator, rounded up")
        else:
            expression = f"max(0, ⌈{goal}⌉ − {numerator})"
            text = Bilingual(zh="分子与目标的差距，向上取整", en="Shortfall of the numerator, rounded up")
        return CalculationStep(StepKind.GAP, expression, str(gap), text)


def calculations_of(line: SummaryLine, definition: AppliedDefinition, counts: MonthCounts) -> list[VariantCalculation]:
    """Return the calculation of each variant of a line."""
    indicator, variants = line.indicator, {variant.code: variant for variant in line.indicator.variants}

    def metric_counts(metric: ExpectedMetric | None) -> MetricCounts:
        return counts_read(metric, counts, indicator, line.breakdown)

    return [
        VariantCalculation(
            definition,
            line.month,
            line,
            line.target,
            variants[value.variant],
            value,
            metric_counts(variants[value.variant].numerator),
            metric_counts(variants[value.variant].denominator),
        )
        for value in line.values
    ]


class _Comparison(NamedTuple):
    """Sign and words of a comparison with the target, as it turns out."""

    reached: tuple[str, str]
    missed: tuple[str, str]


_COMPARISONS: Final[Mapping[Comparator, _Comparison]] = {
    Comparator.AT_LEAST: _Comparison(("≥", "reaches"), ("＜", "is less than")),
    Comparator.AT_MOST: _Comparison(("≤", "does not exceed"), ("＞", "exceeds")),
}
_AREA_STEPS: Final[Mapping[Reducer, Bilingual]] = {
    Reducer.MAX_BY_AREA: Bilingual(zh="取数量最多的一家，不超过分母", en="largest organisation, at most the denominator"),
    Reducer.CAPPED_SUM: Bilingual(zh="各家合计，不超过分母", en="all organisations together, at most the denominator"),
    Reducer.EACH: Bilingual(zh="各家分别计", en="once for each organisation"),
}


def _sums(calculation: VariantCalculation) -> tuple[list[CalculationStep], str]:
    """Add up each organisation's counts first, if several organisations have several counts."""
    counts: dict[str, list[int]] = {}
    for entry in calculation.numerator_counts.entries:
        counts.setdefault(entry.org, []).extend(entry.counts)
    if len(counts) < 2 or all(len(own) < 2 for own in counts.values()):
        return [], _sum([count for own in counts.values() for count in own])
    parts = [_org_step(calculation, org, own) for org, own in counts.items()]
    return parts, _sum([step.result for step in parts])


def _org_step(calculation: VariantCalculation, org: str, counts: Sequence[int]) -> CalculationStep:
    name = calculation.definition.organisation(org).short if org != EVERYBODY else Bilingual(zh="各单位", en="All organisations")
    text = Bilingual(zh=f"{name.zh}：各区域合计", en=f"{name.en}: sum over areas")
    return CalculationStep(StepKind.PART, _sum(counts), str(sum(counts)), text, org=org)


def _largest(calculation: VariantCalculation) -> tuple[list[CalculationStep], str]:
    return _capped(calculation, lambda counts: f"max({', '.join(map(str, counts))})" if len(counts) > 1 else str(counts[0]), max)


def _together(calculation: VariantCalculation) -> tuple[list[CalculationStep], str]:
    return _capped(calculation, _sum, sum)


def _capped(
    calculation: VariantCalculation, write: Callable[[Sequence[int]], str], compute: Callable[[Sequence[int]], int]
) -> tuple[list[CalculationStep], str]:
    denominators = counts_of_areas(calculation.denominator_counts.entries)
    parts = []
    for area, counts in counts_of_areas(calculation.numerator_counts.entries).items():
        limit = denominators.get(area, ())
        result = min(compute(counts), sum(limit))
        text = _area_text(calculation, area)
        parts.append(CalculationStep(StepKind.PART, f"min({write(counts)}, {_sum(limit)})", str(result), text, area=area))
    return parts, _sum([step.result for step in parts])


def _repeated_denominators(calculation: VariantCalculation) -> Iterator[CalculationStep]:
    """Yield the parts of the denominator of `each`: an area's places, once for each organisation that reported the area."""
    denominators = counts_of_areas(calculation.denominator_counts.entries)
    for area, counts in counts_of_areas(calculation.numerator_counts.entries).items():
        places = denominators.get(area, ())
        written = f"({_sum(places)})" if len(places) > 1 else _sum(places)
        text = _area_text(calculation, area)
        yield CalculationStep(StepKind.PART, f"{written} × {len(counts)}", str(sum(places) * len(counts)), text, area=area)


def _area_text(calculation: VariantCalculation, area: AreaNumber) -> Bilingual:
    name = calculation.definition.area(calculation.definition.area_codes[area]).short
    step = _AREA_STEPS[calculation.variant.reducer]
    return Bilingual(zh=f"{name.zh}：{step.zh}", en=f"{name.en}: {step.en}")


def _cases(calculation: VariantCalculation) -> tuple[list[CalculationStep], str]:
    return [], str(calculation.value.numerator)


def _sum(counts: Sequence[int | str]) -> str:
    return " + ".join(map(str, counts)) or "0"


def _times(count: int, scale: int) -> str:
    return str(count) if scale == 1 else f"{count} × {scale}"


def _decimals(number: int) -> str:
    return f"{number} decimal{'' if number == 1 else 's'}"


_PARTS: Final[Mapping[Reducer, Callable[[VariantCalculation], tuple[list[CalculationStep], str]]]] = {
    Reducer.SUM: _sums,
    Reducer.ANY: _sums,
    Reducer.ALL: _sums,
    Reducer.EACH: _sums,
    Reducer.MAX_BY_AREA: _largest,
    Reducer.CAPPED_SUM: _together,
    Reducer.CASES: _cases,
}
