"""Why something is a finding, in a sentence with its numbers."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Final

from services.ingest.quality.found import Finding
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.domain.arithmetic import display_of
from shared.domain.quality import Evidence
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import RuleKind

OrgCounts = Sequence[tuple[str, Evidence]]


class DefinitionTitles:
    """What a definition calls things."""

    def __init__(self, definition: AppliedDefinition) -> None:
        """Of one definition version."""
        self._definition = definition

    def metric(self, number: int | None) -> Bilingual:
        """A metric's title."""
        return self._definition.metric(self._definition.metric_codes[number or 0]).title

    def area(self, number: int | None) -> Bilingual:
        """An area's short name."""
        return self._definition.area(self._definition.area_codes[number or 0]).short

    def org(self, code: str) -> Bilingual:
        """An organisation's short name; of counts of several lists together, the registers'."""
        if code == EVERYBODY:
            return Bilingual(zh="登记表", en="the registers")
        return self._definition.organisation(code).short

    def orgs(self, codes: Sequence[str]) -> Bilingual:
        """Several organisations, each once."""
        names = [self.org(code) for code in dict.fromkeys(codes)]
        return Bilingual(zh="、".join(name.zh for name in names), en=", ".join(name.en for name in names))

    def count(self, org: str, one: Evidence) -> Bilingual:
        """A count with what it counts, whose it is and where."""
        metric, area, whose = self.metric(one.metric), self.area(one.area), self.org(org)
        return Bilingual(
            zh=f"{whose.zh}{area.zh}“{metric.zh}”{one.value}",
            en=f"“{metric.en}” of {whose.en} in {area.en} is {one.value}",
        )

    def counts(self, values: OrgCounts) -> Bilingual:
        """Several counts: of a single one all that is known, of several their sum."""
        if len(values) == 1:
            return self.count(*values[0])
        whose, metric = self.orgs([org for org, _ in values]), self.metric(values[0][1].metric)
        total = sum(one.value for _, one in values)
        areas = {one.area for _, one in values}
        place = self.area(values[0][1].area) if len(areas) == 1 else Bilingual(zh="各街道", en="all streets")
        return Bilingual(
            zh=f"{whose.zh}{place.zh}“{metric.zh}”合计{total}",
            en=f"“{metric.en}” of {whose.en} in {place.en} add up to {total}",
        )


def reason_of(finding: Finding, definition: AppliedDefinition) -> Bilingual:
    """The reason of a finding whose kind and counts say all there is to say."""
    return _OF_KIND[finding.rule.kind](finding, DefinitionTitles(definition), definition)


def percent_of(part: int, whole: int) -> str:
    """A share in per cent, cut at one decimal, its sign in front."""
    return f"{'-' if part < 0 else '+'}{display_of(abs(part), whole, 100, 1)} %"


def _sides(finding: Finding) -> tuple[OrgCounts, OrgCounts]:
    """The counts on either side of a comparison; the whole is what was judged last."""
    whole = finding.values[-1][1].metric
    parts = [each for each in finding.values if each[1].metric != whole]
    return parts, [each for each in finding.values if each[1].metric == whole]


def _compared(zh: str, en: str) -> Callable[[Finding, DefinitionTitles, AppliedDefinition], Bilingual]:
    """One side, the other, and how far apart they are."""

    def told(finding: Finding, words: DefinitionTitles, _definition: AppliedDefinition) -> Bilingual:
        parts, wholes = _sides(finding)
        part, whole = words.counts(parts), words.counts(wholes)
        apart = abs(sum(one.value for _, one in parts) - sum(one.value for _, one in wholes))
        return Bilingual(zh=f"{part.zh}，{whole.zh}，{zh}{apart}", en=f"{part.en}, while {whole.en}: {apart} {en}")

    return told


def _changed(finding: Finding, words: DefinitionTitles, _definition: AppliedDefinition) -> Bilingual:
    (_, was), (org, now) = finding.values
    count, change = words.count(org, now), now.value - was.value
    share = percent_of(change, was.value) if was.value else None
    return Bilingual(
        zh=f"{count.zh}，上月{was.value}，变动{change:+}" + (f"（{share}）" if share else ""),
        en=f"{count.en}, last month {was.value}: {change:+}" + (f" ({share})" if share else ""),
    )


def _copied(finding: Finding, words: DefinitionTitles, _definition: AppliedDefinition) -> Bilingual:
    ((org, one),) = finding.values
    name = words.org(org)
    return Bilingual(
        zh=f"{name.zh}{month_text(one.month)}的{one.value}个数值与上月完全相同",
        en=f"all {one.value} counts of {name.en} for {month_text(one.month)} are last month's",
    )


def _close(finding: Finding, words: DefinitionTitles, definition: AppliedDefinition) -> Bilingual:
    top, bottom = [one.value for _, one in finding.values]
    block = next(each for each in definition.indicators_of(finding.month) if each.code == finding.rule.indicator)
    target = definition.target_of(block.code, finding.month)
    value = display_of(top, bottom, block.scale, block.decimals + 1)
    reached = target is not None and Fraction(top * block.scale, bottom) >= target.ratio
    due, name = (
        (target.value if target else "–"),
        words.org(finding.org) if finding.org != EVERYBODY else words.area(finding.area),
    )
    zh, en = ("已达到", "reached") if reached else ("未达到", "missed")
    return Bilingual(
        zh=f"{name.zh}“{block.title.zh}”为{value}{block.unit.zh}（{top}÷{bottom}），目标{due}，仅差±{finding.rule.margin}以内，{zh}",
        en=f"“{block.title.en}” of {name.en} is {value} {block.unit.en} ({top} ÷ {bottom}), within {finding.rule.margin}"
        f" of its target of {due}, {en} by a little",
    )


_MORE: Final = _compared("多出", "too many")
_OTHER: Final = _compared("相差", "apart")
_OF_KIND: Final[Mapping[RuleKind, Callable[[Finding, DefinitionTitles, AppliedDefinition], Bilingual]]] = {
    RuleKind.PART_OF: _MORE,
    RuleKind.ABOVE_REFERENCE: _MORE,
    RuleKind.SUM_EQUALS: _OTHER,
    RuleKind.DECLARED_DIFFERS: _OTHER,
    RuleKind.CHANGE_LIMIT: _changed,
    RuleKind.STOCK_FALL: _changed,
    RuleKind.COPIED_REPORT: _copied,
    RuleKind.NEAR_THRESHOLD: _close,
}
