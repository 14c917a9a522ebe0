"""Sentences that say, with the numbers, why something is a finding."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.domain.arithmetic import Threshold, display_of
from shared.domain.quality import ComparedCount
from shared.reading.findings import Finding
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import RuleKind

CountsWithOrg = Sequence[tuple[str, ComparedCount]]
"""Counts, each with the organisation that it belongs to."""


class DefinitionTitles:
    """Titles of metrics, areas and organisations, as reasons of findings print them."""

    def __init__(self, definition: AppliedDefinition) -> None:
        self._definition = definition

    def metric(self, number: int | None) -> Bilingual:
        """Return a metric's title."""
        return self._definition.metric(self._definition.metric_codes[number or 0]).title

    def unit(self, number: int | None) -> Bilingual:
        """Return a metric's unit."""
        return self._definition.metric(self._definition.metric_codes[number or 0]).unit

    def area(self, number: int | None) -> Bilingual:
        """Return an area's short name."""
        return self._definition.area(self._definition.area_codes[number or 0]).short

    def org(self, code: str) -> Bilingual:
        """Return an organisation's short name, or "the registers" for counts derived from those of several organisations."""
        if code == EVERYBODY:
            return Bilingual(zh="登记表", en="the registers")
        return self._definition.organisation(code).short

    def orgs(self, codes: Sequence[str]) -> Bilingual:
        """Return the short names of several organisations, each once."""
        names = [self.org(code) for code in dict.fromkeys(codes)]
        return Bilingual(zh="、".join(name.zh for name in names), en=", ".join(name.en for name in names))

    def count(self, org: str, count: ComparedCount) -> Bilingual:
        """Return a clause with a count, its metric, organisation and area."""
        metric, unit, area, name = self.metric(count.metric), self.unit(count.metric), self.area(count.area), self.org(org)
        return Bilingual(
            zh=f"{name.zh}（{area.zh}）“{metric.zh}”为{count.value}{unit.zh}",
            en=f"“{metric.en}” of {name.en} in {area.en} is {count.value}",
        )

    def counts(self, counts: CountsWithOrg) -> Bilingual:
        """Return a clause with one count, or with the sum of several counts of one metric."""
        if len(counts) == 1:
            return self.count(*counts[0])
        first = counts[0][1]
        names, metric, unit = self.orgs([org for org, _ in counts]), self.metric(first.metric), self.unit(first.metric)
        total = _sum(counts)
        one_area = len({count.area for _, count in counts}) == 1
        area = self.area(first.area) if one_area else Bilingual(zh="各街道", en="all subdistricts")
        return Bilingual(
            zh=f"{names.zh}（{area.zh}）“{metric.zh}”合计{total}{unit.zh}",
            en=f"“{metric.en}” of {names.en} in {area.en} add up to {total}",
        )


def reason_of(finding: Finding, definition: AppliedDefinition) -> Bilingual:
    """Return the reason of a finding that follows from its kind and counts alone."""
    return _REASONS[finding.rule.kind](finding, DefinitionTitles(definition), definition)


def signed_percentage(part: int, whole: int) -> str:
    """Return a share as a percentage with its sign, truncated to one decimal."""
    return f"{'-' if part < 0 else '+'}{display_of(abs(part), whole, 100, 1)}%"


def _sum(counts: CountsWithOrg) -> int:
    return sum(count.value for _, count in counts)


def _compared(finding: Finding, titles: DefinitionTitles) -> tuple[Bilingual, Bilingual, Bilingual]:
    """Return clauses for parts and whole, and their difference with its unit; the whole is the metric of the last count."""
    whole_metric = finding.values[-1][1].metric
    parts = [value for value in finding.values if value[1].metric != whole_metric]
    wholes = [value for value in finding.values if value[1].metric == whole_metric]
    difference = abs(_sum(parts) - _sum(wholes))
    unit = titles.unit(whole_metric)
    return titles.counts(parts), titles.counts(wholes), Bilingual(zh=f"{difference}{unit.zh}", en=f"{difference}")


def _parts_above_whole(finding: Finding, titles: DefinitionTitles, _definition: AppliedDefinition) -> Bilingual:
    parts, whole, difference = _compared(finding, titles)
    return Bilingual(
        zh=f"{parts.zh}，{whole.zh}，多出{difference.zh}", en=f"{parts.en}, while {whole.en}: {difference.en} too many"
    )


def _sides_differ(finding: Finding, titles: DefinitionTitles, _definition: AppliedDefinition) -> Bilingual:
    parts, whole, difference = _compared(finding, titles)
    return Bilingual(
        zh=f"{parts.zh}，{whole.zh}，相差{difference.zh}", en=f"{parts.en}, while {whole.en}: a difference of {difference.en}"
    )


def _changed(finding: Finding, titles: DefinitionTitles, _definition: AppliedDefinition) -> Bilingual:
    (_, previous), (org, current) = finding.values
    clause, change = titles.count(org, current), current.value - previous.value
    unit = titles.unit(current.metric)
    share = signed_percentage(change, previous.value) if previous.value else None
    return Bilingual(
        zh=f"{clause.zh}，上月为{previous.value}{unit.zh}，变动{change:+}{unit.zh}" + (f"（{share}）" if share else ""),
        en=f"{clause.en}, last month {previous.value}: {change:+}" + (f" ({share})" if share else ""),
    )


def _copied(finding: Finding, titles: DefinitionTitles, _definition: AppliedDefinition) -> Bilingual:
    ((org, copied),) = finding.values
    name, month = titles.org(org), copied.month
    return Bilingual(
        zh=f"{name.zh}{month.year}年{month.month}月填报的{copied.value}项数据与上月完全相同",
        en=f"all {copied.value} counts of {name.en} for {month_text(month)} equal last month's",
    )


def _near_target(finding: Finding, titles: DefinitionTitles, definition: AppliedDefinition) -> Bilingual:
    numerator, denominator = [count.value for _, count in finding.values]
    indicators = definition.indicators_of(finding.month)
    indicator = next(indicator for indicator in indicators if indicator.code == finding.rule.indicator)
    target = definition.target_of(indicator.code, finding.month)
    value = display_of(numerator, denominator, indicator.scale, indicator.decimals + 1)
    met = target and Threshold(target.ratio, indicator.comparator).is_reached(numerator, denominator, indicator.scale)
    name = titles.org(finding.org) if finding.org != EVERYBODY else titles.area(finding.area)
    unit, margin, target_value = indicator.unit, finding.rule.margin, target.value if target else "–"
    points = Bilingual(zh="个百分点", en="percentage points") if unit.zh == "%" else unit
    return Bilingual(
        zh=f"{name.zh}“{indicator.title.zh}”为{value}{unit.zh}（{numerator}÷{denominator}），目标{target_value}{unit.zh}，"
        f"与目标相差不超过{margin}{points.zh}，{'达标' if met else '未达标'}",
        en=f"“{indicator.title.en}” of {name.en} is {value} {unit.en} ({numerator} ÷ {denominator}), within {margin} {points.en}"
        f" of its target {target_value} {unit.en}: {'met' if met else 'not met'}",
    )


_REASONS: Final[Mapping[RuleKind, Callable[[Finding, DefinitionTitles, AppliedDefinition], Bilingual]]] = {
    RuleKind.PART_OF: _parts_above_whole,
    RuleKind.ABOVE_REFERENCE: _parts_above_whole,
    RuleKind.SUM_EQUALS: _sides_differ,
    RuleKind.DECLARED_DIFFERS: _sides_differ,
    RuleKind.CHANGE_LIMIT: _changed,
    RuleKind.STOCK_FALL: _changed,
    RuleKind.COPIED_REPORT: _copied,
    RuleKind.NEAR_THRESHOLD: _near_target,
}
