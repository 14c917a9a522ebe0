"""Rules between counts: they compare like with like, and what they find is told only to whom it may be."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from shared.campaign.blocks import Indicator, Metric
from shared.campaign.checks.draft import Draft, listed
from shared.campaign.checks.repeats import check_repeats, check_unique
from shared.campaign.checks.wider_rules import (
    above_limit,
    of_a_register,
    of_one_bureau,
    of_stations,
    reported_by,
    unlike_areas,
    unlike_history,
)
from shared.campaign.findings import Finding
from shared.campaign.rule import OF_STORED_MONTHS, STATISTICAL, Rule
from shared.vocabulary import Grain, MetricKind, Reducer, RuleKind, Severity

ACROSS_ALONE = OF_STORED_MONTHS - STATISTICAL  # there is no such rule of a single organisation
ACROSS = (RuleKind.PART_OF, RuleKind.NEAR_THRESHOLD, RuleKind.UNLIKE_AREAS, *sorted(ACROSS_ALONE))
OF_A_WHOLE_MONTH = (RuleKind.COPIED_REPORT, RuleKind.NEAR_THRESHOLD)


def check_rules(draft: Draft) -> Iterator[Finding]:
    """Each rule names what exists, and what it compares can be compared."""
    yield from check_repeats(draft, "rule", draft.rules)
    for rule in draft.rules:
        key = f"rule[{rule.code}]"
        named = list(_named(key, rule))
        yield from draft.unknown("metric", named)
        yield from draft.unknown("indicator", [(f"{key}.indicator", rule.indicator)])
        for side in ("part_by", "whole_by", "look"):
            yield from draft.unknown("organisation", listed(f"{key}.{side}", getattr(rule, side)))
        yield from check_unique(draft, named)
        yield from _severity(draft, key, rule)
        yield from _scope(draft, key, rule)
        yield from _OF_KIND[rule.kind](draft, key, rule)


def _named(key: str, rule: Rule) -> Iterator[tuple[str, str]]:
    for name in ("part", "whole", "total"):
        if (code := getattr(rule, name)) is not None:
            yield f"{key}.{name}", code
    yield from listed(f"{key}.parts", rule.parts)
    yield from listed(f"{key}.metrics", rule.named)


def _severity(draft: Draft, key: str, rule: Rule) -> Iterator[Finding]:
    if rule.across and rule.severity is not Severity.INFO:
        yield draft.finding(
            f"{key}.severity", "a rule across organisations refuses nothing and asks nobody", 'set `severity = "info"`'
        )
    elif rule.kind in STATISTICAL and rule.severity is not Severity.INFO:
        yield draft.finding(f"{key}.severity", "what stands out is no error, and asks nobody", 'set `severity = "info"`')
    elif rule.refuses and rule.kind in OF_A_WHOLE_MONTH:
        yield draft.finding(
            f"{key}.severity", f"a {rule.kind} rule has no row to refuse", 'set `severity = "warn"` or `severity = "info"`'
        )


def _scope(draft: Draft, key: str, rule: Rule) -> Iterator[Finding]:
    if rule.across and rule.kind not in ACROSS:
        allowed = " and ".join(ACROSS)
        yield draft.finding(
            f"{key}.scope", f"a {rule.kind} rule looks at one organisation", f"remove `scope`; {allowed} may have it"
        )
    if rule.kind in ACROSS_ALONE and not rule.across:
        yield draft.finding(
            f"{key}.scope",
            f"a {rule.kind} rule looks at several organisations",
            'set `scope = "campaign"` and `severity = "info"`',
        )
    if rule.kind is RuleKind.PART_OF and rule.across != bool(rule.part_by and rule.whole_by):
        yield draft.finding(
            f"{key}.scope",
            "whose counts are compared is not clear",
            'set `scope = "campaign"`, `part_by` and `whole_by` together, or none of them',
        )


def _compared(draft: Draft, rule: Rule) -> list[Metric]:
    return [draft.metric_by_code[code] for code in rule.metrics if code in draft.metric_by_code]


def _alike(draft: Draft, key: str, rule: Rule) -> Iterator[Finding]:
    metrics = _compared(draft, rule)
    for first, other in pairwise(metrics):
        pair = f"`{first.code}` and `{other.code}`"
        if first.grain is not other.grain and not _adds_up_streets(rule, metrics):
            yield draft.finding(key, f"compares metrics of different grains: {pair}", "compare metrics of one grain")
        derived = first.derived or other.derived
        if set(first.reporters) != set(other.reporters) and not derived and not rule.across:
            yield draft.finding(
                key, f"compares metrics of different owners: {pair}", "compare metrics that the same organisations report"
            )
        if first.unit != other.unit and not rule.across:
            yield draft.finding(key, f"compares metrics of different units: {pair}", "compare metrics of one unit")
        if first.kind is not other.kind:
            yield draft.finding(key, f"compares a {first.kind} with a {other.kind}: {pair}", "compare metrics of one kind")
        if derived and rule.refuses:
            yield draft.finding(
                key, f"compares derived metrics: {pair}", 'rows are refused for one\'s own reports only; set `severity = "warn"`'
            )
    for side, code in (("part_by", rule.part), ("whole_by", rule.whole)):
        yield from reported_by(draft, f"{key}.{side}", code, getattr(rule, side))


def _adds_up_streets(rule: Rule, metrics: Sequence[Metric]) -> bool:
    """Whether streets' counts are held against one count of the whole area, which refuses no single row."""
    *parts, total = metrics
    by_street = all(part.grain is Grain.STREET for part in parts)
    return rule.kind is RuleKind.SUM_EQUALS and not rule.refuses and total.grain is Grain.CAMPAIGN and by_street


def _over_time(draft: Draft, key: str, rule: Rule) -> Iterator[Finding]:
    for metric in _compared(draft, rule):
        if metric.derived:
            yield draft.finding(
                f"{key}.metrics", f"`{metric.code}` is derived: nobody reports it", "name metrics that are reported"
            )
        elif rule.kind is RuleKind.STOCK_FALL and metric.kind is not MetricKind.STOCK:
            yield draft.finding(f"{key}.metrics", f"`{metric.code}` is a {metric.kind} and may fall", "name stocks")
    if not rule.named and not any(metric.kind is MetricKind.STOCK for metric in draft.metrics):
        yield draft.finding(f"{key}.metrics", "there is no stock to watch", "name the metrics")


def _nothing_more(_draft: Draft, _key: str, _rule: Rule) -> Iterator[Finding]:
    yield from ()


def _made(draft: Draft, key: str, rule: Rule) -> Iterator[Finding]:
    yield draft.finding(f"{key}.kind", f"a {rule.kind} rule is made from a register", "set `declared` in its [[register.count]]")


def _near_threshold(draft: Draft, key: str, rule: Rule) -> Iterator[Finding]:
    block = next((each for each in draft.indicators if each.code == rule.indicator), None)
    if block is None:
        return
    if not any(target.indicator == block.code and target.kind == "campaign" for target in draft.targets):
        yield draft.finding(f"{key}.indicator", f"`{block.code}` has no target to lie near", "declare its [[target]]")
    if not rule.across and not _of_one_reporter(draft, block):
        yield draft.finding(
            f"{key}.indicator",
            f"no organisation reports both sides of `{block.code}`, or they are not simply added up",
            'set `scope = "campaign"` and `severity = "info"`',
        )


def _of_one_reporter(draft: Draft, block: Indicator) -> bool:
    """Whether each organisation has a ratio of its own: it reports numerator and denominator, and both are added up."""
    top, bottom = draft.metric_by_code.get(block.numerator or ""), draft.metric_by_code.get(block.denominator or "")
    decides = [variant.reducer for variant in block.variants if variant.code == block.decides]
    return top is not None and bottom is not None and set(top.reporters) == set(bottom.reporters) and decides == [Reducer.SUM]


def _above_reference(draft: Draft, key: str, rule: Rule) -> Iterator[Finding]:
    part, whole = draft.metric_by_code.get(rule.part or ""), draft.metric_by_code.get(rule.whole or "")
    if part is None or whole is None:
        return
    if part.grain is not whole.grain:
        yield draft.finding(key, "compares metrics of different grains", "compare metrics of one grain")
    if part.derived or part.kind is MetricKind.REFERENCE:
        yield draft.finding(f"{key}.part", f"`{part.code}` is nobody's own count", "name a metric that organisations report")
    if whole.kind is not MetricKind.REFERENCE or not of_one_bureau(draft, whole):
        yield draft.finding(
            f"{key}.whole", f"`{whole.code}` is not a reference of one bureau, which all may see", "name a reference metric"
        )


_OF_KIND: Mapping[RuleKind, Callable[[Draft, str, Rule], Iterator[Finding]]] = {
    RuleKind.PART_OF: _alike,
    RuleKind.SUM_EQUALS: _alike,
    RuleKind.CHANGE_LIMIT: _over_time,
    RuleKind.STOCK_FALL: _over_time,
    RuleKind.COPIED_REPORT: _nothing_more,
    RuleKind.NEAR_THRESHOLD: _near_threshold,
    RuleKind.ABOVE_REFERENCE: _above_reference,
    RuleKind.DECLARED_DIFFERS: _made,
    RuleKind.UNLIKE_HISTORY: unlike_history,
    RuleKind.UNLIKE_AREAS: unlike_areas,
    RuleKind.ABOVE_LIMIT: above_limit,
    RuleKind.LISTED_DIFFERENTLY: of_a_register,
    RuleKind.SHARED_UNLISTED: of_stations,
    RuleKind.SITES_UNLISTED: of_stations,
}
