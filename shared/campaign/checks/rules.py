"""Checks of rules between counts: they compare like with like, and their findings may be shown."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from shared.campaign.blocks import OF_STORED_MONTHS, STATISTICAL, Indicator, Metric, Rule
from shared.campaign.checks.draft import Draft, with_keys
from shared.campaign.checks.repeats import check_repeats, check_unique
from shared.campaign.checks.wider_rules import (
    check_above_limit,
    check_register,
    check_reporters,
    check_stations,
    check_unlike_areas,
    check_unlike_history,
    is_reported_by_one_bureau,
    not_reported_error,
)
from shared.campaign.findings import FileError
from shared.vocabulary import Grain, MetricKind, Reducer, RuleKind, Severity

ACROSS_ALONE = OF_STORED_MONTHS - STATISTICAL  # there is no such rule of a single organisation
ACROSS = (RuleKind.PART_OF, RuleKind.NEAR_THRESHOLD, RuleKind.UNLIKE_AREAS, *sorted(ACROSS_ALONE))
OF_A_WHOLE_MONTH = (RuleKind.COPIED_REPORT, RuleKind.NEAR_THRESHOLD)

_INFORMS = ('设 `severity = "info"`', 'set `severity = "info"`')
_ACROSS_INFORMS = ('设 `scope = "campaign"` 和 `severity = "info"`', 'set `scope = "campaign"` and `severity = "info"`')
_ONE_GRAIN = ("比较同一统计级别的指标", "compare metrics of one area level")


def check_rules(draft: Draft) -> Iterator[FileError]:
    """Check that rules refer to existing blocks and compare counts that can be compared."""
    yield from check_repeats(draft, "rule", draft.rules)
    for rule in draft.rules:
        key = f"rule[{rule.code}]"
        named = list(_named(key, rule))
        yield from draft.unknown("metric", named)
        yield from draft.unknown("indicator", [(f"{key}.indicator", rule.indicator)])
        for side in ("part_by", "whole_by", "look"):
            yield from draft.unknown("organisation", with_keys(f"{key}.{side}", getattr(rule, side)))
        yield from check_unique(draft, named)
        yield from _check_severity(draft, key, rule)
        yield from _check_scope(draft, key, rule)
        yield from _OF_KIND[rule.kind](draft, key, rule)


def _named(key: str, rule: Rule) -> Iterator[tuple[str, str]]:
    for name in ("part", "whole", "total"):
        if (code := getattr(rule, name)) is not None:
            yield f"{key}.{name}", code
    yield from with_keys(f"{key}.parts", rule.parts)
    yield from with_keys(f"{key}.metrics", rule.named)


def _check_severity(draft: Draft, key: str, rule: Rule) -> Iterator[FileError]:
    if rule.across and rule.severity is not Severity.INFO:
        yield draft.finding(
            f"{key}.severity",
            (
                "跨单位规则不能使数据不予入库，也不能要求说明",
                "a rule across organisations neither rejects rows nor requires an explanation",
            ),
            _INFORMS,
        )
    elif rule.kind in STATISTICAL and rule.severity is not Severity.INFO:
        yield draft.finding(
            f"{key}.severity",
            ("异常值不一定是错误，不要求说明", "an outlier is not necessarily an error and requires no explanation"),
            _INFORMS,
        )
    elif rule.refuses and rule.kind in OF_A_WHOLE_MONTH:
        yield draft.finding(
            f"{key}.severity",
            (f"{rule.kind} 规则不针对数据行，不能使数据不予入库", f"a {rule.kind} rule has no row to reject"),
            ('设 `severity = "warn"` 或 `severity = "info"`', 'set `severity = "warn"` or `severity = "info"`'),
        )


def _check_scope(draft: Draft, key: str, rule: Rule) -> Iterator[FileError]:
    if rule.across and rule.kind not in ACROSS:
        yield draft.finding(
            f"{key}.scope",
            (f"{rule.kind} 规则只比较单个单位的数据", f"a {rule.kind} rule compares counts of one organisation"),
            (f"删除 `scope`；{'、'.join(ACROSS)} 可以有", f"remove `scope`; {' and '.join(ACROSS)} may have it"),
        )
    if rule.kind in ACROSS_ALONE and not rule.across:
        yield draft.finding(
            f"{key}.scope",
            (f"{rule.kind} 规则比较多个单位的数据", f"a {rule.kind} rule compares counts of several organisations"),
            _ACROSS_INFORMS,
        )
    if rule.kind is RuleKind.PART_OF and rule.across != bool(rule.part_by and rule.whole_by):
        yield draft.finding(
            f"{key}.scope",
            ("未指明比较哪些单位的数据", "does not say which organisations' counts are compared"),
            (
                '`scope = "campaign"`、`part_by` 和 `whole_by` 须同时写或都不写',
                'set `scope = "campaign"`, `part_by` and `whole_by` together, or none of them',
            ),
        )


def _compared(draft: Draft, rule: Rule) -> list[Metric]:
    return [draft.metric_by_code[code] for code in rule.metrics if code in draft.metric_by_code]


def _check_comparable(draft: Draft, key: str, rule: Rule) -> Iterator[FileError]:
    metrics = _compared(draft, rule)
    for first, other in pairwise(metrics):
        zh, en = f"`{first.code}` 与 `{other.code}`", f"`{first.code}` and `{other.code}`"
        if first.grain is not other.grain and not _adds_up_streets(rule, metrics):
            yield draft.finding(
                key,
                (f"比较统计级别不同的指标：{zh}", f"compares metrics of different area levels: {en}"),
                _ONE_GRAIN,
            )
        derived = first.derived or other.derived
        if set(first.reporters) != set(other.reporters) and not derived and not rule.across:
            yield draft.finding(
                key,
                (f"比较填报单位不同的指标：{zh}", f"compares metrics of different reporting organisations: {en}"),
                ("比较由相同单位填报的指标", "compare metrics that the same organisations report"),
            )
        if first.unit != other.unit and not rule.across:
            yield draft.finding(
                key,
                (f"比较计量单位不同的指标：{zh}", f"compares metrics of different units: {en}"),
                ("比较同一计量单位的指标", "compare metrics of one unit"),
            )
        if first.kind is not other.kind:
            yield draft.finding(
                key,
                (
                    f"{first.kind.title_.zh}与{other.kind.title_.zh}相比较：{zh}",
                    f"compares a {first.kind} with a {other.kind}: {en}",
                ),
                ("比较同一种指标", "compare metrics of one kind"),
            )
        if derived and rule.refuses:
            yield draft.finding(
                key,
                (f"比较由登记表汇总的指标：{zh}", f"compares derived metrics: {en}"),
                (
                    '仅单位自行填报的数据可不予入库；设 `severity = "warn"`',
                    'only reported rows can be rejected; set `severity = "warn"`',
                ),
            )
    for side, code in (("part_by", rule.part), ("whole_by", rule.whole)):
        yield from check_reporters(draft, f"{key}.{side}", code, getattr(rule, side))


def _adds_up_streets(rule: Rule, metrics: Sequence[Metric]) -> bool:
    """Return whether a rule compares subdistricts' counts with one count of the whole area, which rejects no single row."""
    *parts, total = metrics
    by_street = all(part.grain is Grain.STREET for part in parts)
    return rule.kind is RuleKind.SUM_EQUALS and not rule.refuses and total.grain is Grain.CAMPAIGN and by_street


def _check_over_time(draft: Draft, key: str, rule: Rule) -> Iterator[FileError]:
    for metric in _compared(draft, rule):
        if metric.derived:
            yield draft.finding(
                f"{key}.metrics",
                (f"`{metric.code}` 由登记表汇总，没有单位填报", f"`{metric.code}` is derived and not reported"),
                ("写由单位填报的指标", "name metrics that are reported"),
            )
        elif rule.kind is RuleKind.STOCK_FALL and metric.kind is not MetricKind.STOCK:
            yield draft.finding(
                f"{key}.metrics",
                (f"`{metric.code}` 是{metric.kind.title_.zh}，可以下降", f"`{metric.code}` is a {metric.kind} and may fall"),
                ("写时点数指标", "name stocks"),
            )
    if not rule.named and not any(metric.kind is MetricKind.STOCK for metric in draft.metrics):
        yield draft.finding(f"{key}.metrics", ("没有时点数指标", "there is no stock metric"), ("写明指标", "name the metrics"))


def _check_nothing(_draft: Draft, _key: str, _rule: Rule) -> Iterator[FileError]:
    yield from ()


def _refuse_kind_of_registers(draft: Draft, key: str, rule: Rule) -> Iterator[FileError]:
    yield draft.finding(
        f"{key}.kind",
        (f"{rule.kind} 规则应在登记表中声明", f"a {rule.kind} rule is declared in a register"),
        ("在其 [[register.count]] 中写 `declared`", "set `declared` in its [[register.count]]"),
    )


def _check_near_threshold(draft: Draft, key: str, rule: Rule) -> Iterator[FileError]:
    block = next((each for each in draft.indicators if each.code == rule.indicator), None)
    if block is None:
        return
    if not any(target.indicator == block.code and target.kind == "campaign" for target in draft.targets):
        yield draft.finding(
            f"{key}.indicator",
            (f"`{block.code}` 没有可供比较的目标", f"`{block.code}` has no target"),
            ("声明其 [[target]]", "declare its [[target]]"),
        )
    if not rule.across and not _has_own_ratio(draft, block):
        yield draft.finding(
            f"{key}.indicator",
            (
                f"没有单位同时填报 `{block.code}` 的分子和分母，或二者不是直接合计",
                f"no organisation reports numerator and denominator of `{block.code}`, or they are not simply added up",
            ),
            _ACROSS_INFORMS,
        )


def _has_own_ratio(draft: Draft, block: Indicator) -> bool:
    """Return whether each organisation has its own ratio: it reports numerator and denominator, and both are added up."""
    for variant in block.variants:
        if variant.code == block.decides and variant.reducer is Reducer.SUM:
            top, bottom = (draft.metric_by_code.get(side or "") for side in block.sides_of(variant))
            return top is not None and bottom is not None and set(top.reporters) == set(bottom.reporters)
    return False


def _check_above_reference(draft: Draft, key: str, rule: Rule) -> Iterator[FileError]:
    part, whole = draft.metric_by_code.get(rule.part or ""), draft.metric_by_code.get(rule.whole or "")
    if part is None or whole is None:
        return
    if part.grain is not whole.grain:
        yield draft.finding(key, ("比较统计级别不同的指标", "compares metrics of different area levels"), _ONE_GRAIN)
    if part.derived or part.kind is MetricKind.REFERENCE:
        yield not_reported_error(draft, f"{key}.part", part)
    if whole.kind is not MetricKind.REFERENCE or not is_reported_by_one_bureau(draft, whole):
        yield draft.finding(
            f"{key}.whole",
            (
                f"`{whole.code}` 不是单个主管部门的、各方可见的基准数",
                f"`{whole.code}` is not a reference metric of one bureau, which all may see",
            ),
            ("写基准数指标", "name a reference metric"),
        )


_OF_KIND: Mapping[RuleKind, Callable[[Draft, str, Rule], Iterator[FileError]]] = {
    RuleKind.PART_OF: _check_comparable,
    RuleKind.SUM_EQUALS: _check_comparable,
    RuleKind.CHANGE_LIMIT: _check_over_time,
    RuleKind.STOCK_FALL: _check_over_time,
    RuleKind.COPIED_REPORT: _check_nothing,
    RuleKind.NEAR_THRESHOLD: _check_near_threshold,
    RuleKind.ABOVE_REFERENCE: _check_above_reference,
    RuleKind.DECLARED_DIFFERS: _refuse_kind_of_registers,
    RuleKind.UNLIKE_HISTORY: check_unlike_history,
    RuleKind.UNLIKE_AREAS: check_unlike_areas,
    RuleKind.ABOVE_LIMIT: check_above_limit,
    RuleKind.LISTED_DIFFERENTLY: check_register,
    RuleKind.SHARED_UNLISTED: check_stations,
    RuleKind.SITES_UNLISTED: check_stations,
}
