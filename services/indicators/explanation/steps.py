"""The arithmetic behind one variant of a line, step by step with its numbers. Pure.

An expression is plain arithmetic over the counts that were reported: whoever computes it finds the step's result.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY, Target
from shared.domain.arithmetic import VALUE_DECIMALS, display_of
from shared.domain.counts import AreaNumber, ExpectedMetric, MetricCounts, MonthCounts, OrgCounts
from shared.domain.reducers import counts_of_areas
from shared.domain.summary_lines import MissingCell, SummaryLine, VariantValue, counts_read, missing_cells
from shared.domain.summary_plan import PlannedVariant
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import Reducer, Status, StepKind


@dataclass(frozen=True, slots=True)
class CalculationStep:
    """One step: what it does, the calculation with its numbers, and what comes out."""

    kind: StepKind
    expression: str | None  # None where there is nothing to compute
    result: str
    text: Bilingual
    area: AreaNumber | None = None
    org: str | None = None

    @property
    def adds_up(self) -> bool:
        """Whether its expression names the counts one by one."""
        return self.kind in {StepKind.PART, StepKind.NUMERATOR, StepKind.DENOMINATOR}


@dataclass(frozen=True, slots=True)
class VariantCalculation:
    """One variant of a line with the cells it was computed from."""

    definition: AppliedDefinition
    month: date
    line: SummaryLine
    target: Target | None
    variant: PlannedVariant
    figure: VariantValue
    top: MetricCounts
    base: MetricCounts

    @property
    def missing(self) -> list[MissingCell]:
        """The owed cells of numerator and denominator that were not reported."""
        return missing_cells(self.variant.numerator, self.top) + missing_cells(self.variant.denominator, self.base)

    def steps(self) -> Iterator[CalculationStep]:
        """From the counts to the verdict."""
        numerator, denominator = self._counts
        parts, expression = _PARTS[self.variant.reducer](self)
        yield from parts
        yield CalculationStep(StepKind.NUMERATOR, expression, str(numerator), self._numerator_text())
        if self.variant.denominator is not None:
            yield from self._base(self.variant.denominator, denominator)
        if self.figure.value is not None:
            yield from self._value(numerator, denominator)
        yield self._verdict(numerator, denominator)
        if self.figure.gap is not None and self.target is not None:
            yield self._gap(self.target, numerator, denominator, self.figure.gap)

    @property
    def _counts(self) -> tuple[int, int]:
        """Numerator and denominator, of what was reported where cells are missing."""
        if self.figure.partial is not None:
            return self.figure.partial
        return self.figure.numerator or 0, self.figure.denominator or 0

    def _numerator_text(self) -> Bilingual:
        reducer = self.variant.reducer.title_
        if self.variant.numerator is None:
            return Bilingual(zh=f"分子：{reducer.zh}", en=f"Numerator: {reducer.en}")
        title = self.definition.metric(self.variant.numerator.code).title
        return Bilingual(zh=f"分子：{title.zh}，{reducer.zh}", en=f"Numerator: {title.en}, {reducer.en}")

    def _base(self, owed: ExpectedMetric, denominator: int) -> Iterator[CalculationStep]:
        counts = [value for report in self.base.entries for value in report.counts]
        expression = _sum(counts)
        if self.variant.reducer is Reducer.EACH:
            parts = list(_each(self))
            yield from parts
            expression = _sum([step.result for step in parts])
        title = self.definition.metric(owed.code).title
        months = [month_text(each) for each in sorted({each.month for each in self.base.entries if each.month < self.month})]
        zh, en = (f"（取 {'、'.join(months)} 的数）", f", of {', '.join(months)}") if months else ("", "")
        text = Bilingual(zh=f"分母：{title.zh}{zh}", en=f"Denominator: {title.en}{en}")
        yield CalculationStep(StepKind.DENOMINATOR, expression, str(denominator), text)

    def _value(self, numerator: int, denominator: int) -> Iterator[CalculationStep]:
        indicator = self.line.indicator
        divided = f" ÷ {denominator}" if self.variant.denominator is not None else ""
        expression = f"{_times(numerator, indicator.scale)}{divided}"
        for kind, decimals, zh, en in (
            (StepKind.VALUE, VALUE_DECIMALS, "", ""),
            (StepKind.DISPLAY, indicator.decimals, f"，单位 {indicator.unit['zh']}", f", in {indicator.unit['en']}"),
        ):
            text = Bilingual(zh=f"截取 {decimals} 位小数，不四舍五入{zh}", en=f"Cut at {_decimals(decimals)}, never rounded{en}")
            yield CalculationStep(kind, expression, display_of(numerator, denominator, indicator.scale, decimals), text)

    def _verdict(self, numerator: int, denominator: int) -> CalculationStep:
        status = self.figure.status
        if status is Status.INCOMPLETE:
            text = self._incomplete_text()
        elif denominator == 0:
            text = Bilingual(zh="分母为 0：不适用", en="The denominator is 0: not applicable")
        elif self.target is None:
            text = _NO_TARGET[status]
        else:
            return self._comparison(self.target, numerator, denominator)
        return CalculationStep(StepKind.VERDICT, None, status.value, text)

    def _incomplete_text(self) -> Bilingual:
        missing = len(self.missing)
        owed = missing + self.top.size + self.base.size
        return Bilingual(
            zh=f"应报 {owed} 个数，缺 {missing} 个：以上只是已报部分，不作判定",
            en=f"{missing} of {owed} counts are missing: the above is what was reported, and there is no verdict",
        )

    def _comparison(self, target: Target, numerator: int, denominator: int) -> CalculationStep:
        scale, ratio = self.line.indicator.scale, target.ratio
        left, right = numerator * scale * ratio.denominator, ratio.numerator * denominator
        against = f"{target.value} × {denominator}" if self.variant.denominator is not None else target.value
        zh, en = ("≥", "reaches") if left >= right else ("＜", "is less than")
        text = Bilingual(
            zh=f"与目标 {target.value} 按整数比较：{left} {zh} {right}，{self.figure.status.title_.zh}",
            en=f"Against the target {target.value}, compared as integers: {left} {en} {right}; {self.figure.status.title_.en}",
        )
        return CalculationStep(StepKind.VERDICT, f"{_times(numerator, scale)} ≥ {against}", self.figure.status.value, text)

    def _gap(self, target: Target, numerator: int, denominator: int, gap: int) -> CalculationStep:
        scale = f" ÷ {self.line.indicator.scale}" if self.line.indicator.scale != 1 else ""
        against = f" × {denominator}" if self.variant.denominator is not None else ""
        expression = f"max(0, ⌈{target.value}{against}{scale}⌉ − {numerator})"
        text = Bilingual(zh="距目标还差的分子数，向上取整", en="What the numerator still lacks, rounded up")
        return CalculationStep(StepKind.GAP, expression, str(gap), text)


def calculations_of(line: SummaryLine, definition: AppliedDefinition, facts: MonthCounts) -> list[VariantCalculation]:
    """Each variant of a line with its cells."""
    indicator, variants = line.indicator, {each.code: each for each in line.indicator.variants}

    def side(owed: ExpectedMetric | None) -> MetricCounts:
        return counts_read(owed, facts, indicator, line.breakdown)

    read = [(variants[figure.variant], figure) for figure in line.values]
    return [
        VariantCalculation(
            definition, line.month, line, line.target, variant, figure, side(variant.numerator), side(variant.denominator)
        )
        for variant, figure in read
    ]


_NO_TARGET: Final[Mapping[Status, Bilingual]] = {
    Status.NO_TARGET: Bilingual(zh="该指标没有目标值，不作判定", en="The indicator has no target: no verdict"),
    Status.NOT_APPLICABLE: Bilingual(
        zh="该单位没有自己的目标值，不作判定", en="The organisation has no target of its own: no verdict"
    ),
}


def _sums(working: VariantCalculation) -> tuple[list[CalculationStep], str]:
    """Each organisation's counts first, where several organisations have several."""
    by_org: dict[str, list[OrgCounts]] = {}
    for report in working.top.entries:
        by_org.setdefault(report.org, []).append(report)
    counts = {org: [value for report in reports for value in report.counts] for org, reports in by_org.items()}
    if len(counts) < 2 or all(len(values) < 2 for values in counts.values()):
        return [], _sum([value for values in counts.values() for value in values])
    parts = [_of_org(working, org, values) for org, values in counts.items()]
    return parts, _sum([step.result for step in parts])


def _of_org(working: VariantCalculation, org: str, values: Sequence[int]) -> CalculationStep:
    name = working.definition.organisation(org).short if org != EVERYBODY else Bilingual(zh="各单位", en="all")
    text = Bilingual(zh=f"{name.zh}：各区域合计", en=f"{name.en}: sum over its areas")
    return CalculationStep(StepKind.PART, _sum(values), str(sum(values)), text, org=org)


def _largest(working: VariantCalculation) -> tuple[list[CalculationStep], str]:
    return _capped(working, lambda counts: f"max({', '.join(map(str, counts))})" if len(counts) > 1 else str(counts[0]), max)


def _together(working: VariantCalculation) -> tuple[list[CalculationStep], str]:
    return _capped(working, _sum, sum)


def _capped(
    working: VariantCalculation, told: Callable[[Sequence[int]], str], reduced: Callable[[Sequence[int]], int]
) -> tuple[list[CalculationStep], str]:
    bases = counts_of_areas(working.base.entries)
    reducer = working.variant.reducer.title_
    parts = []
    for area, counts in counts_of_areas(working.top.entries).items():
        base = bases.get(area, ())
        result = min(reduced(counts), sum(base))
        text = _of_area(working, area, reducer)
        parts.append(CalculationStep(StepKind.PART, f"min({told(counts)}, {_sum(base)})", str(result), text, area=area))
    return parts, _sum([step.result for step in parts])


def _each(working: VariantCalculation) -> Iterator[CalculationStep]:
    """The denominator's parts: the whole list, once for each organisation that is held against it."""
    bases = counts_of_areas(working.base.entries)
    for area, counts in counts_of_areas(working.top.entries).items():
        base = bases.get(area, ())
        listed = f"({_sum(base)})" if len(base) > 1 else _sum(base)
        text = _of_area(working, area, working.variant.reducer.title_)
        yield CalculationStep(StepKind.PART, f"{listed} × {len(counts)}", str(sum(base) * len(counts)), text, area=area)


def _of_area(working: VariantCalculation, area: AreaNumber, what: Bilingual) -> Bilingual:
    name = working.definition.area(working.definition.area_codes[area]).short
    return Bilingual(zh=f"{name.zh}：{what.zh}", en=f"{name.en}: {what.en}")


def _cases(working: VariantCalculation) -> tuple[list[CalculationStep], str]:
    return [], str(working.figure.numerator)


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
