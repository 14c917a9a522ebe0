"""Indicators and their targets."""

from collections.abc import Iterator

from shared.campaign.blocks import Indicator, Target, Variant
from shared.campaign.checks.draft import Draft
from shared.campaign.checks.repeats import check_repeats, check_unique
from shared.campaign.findings import Finding
from shared.nearest import nearest
from shared.vocabulary import Reducer

NEEDS_DENOMINATOR = {Reducer.MAX_BY_AREA, Reducer.CAPPED_SUM, Reducer.ANY, Reducer.ALL, Reducer.EACH}
FROM_REGISTER = {Reducer.ANY, Reducer.ALL}


def check_indicators(draft: Draft) -> Iterator[Finding]:
    """Each indicator reads metrics that exist and fit together, and one of its variants decides."""
    yield from check_repeats(draft, "indicator", draft.indicators)
    for indicator in draft.indicators:
        key = f"indicator[{indicator.code}]"
        yield from draft.unknown(
            "metric", [(f"{key}.numerator", indicator.numerator), (f"{key}.denominator", indicator.denominator)]
        )
        yield from check_unique(draft, ((f"{key}.variant[{v.code}]", v.code) for v in indicator.variants))
        yield from _decides(draft, key, indicator)
        yield from _one_grain(draft, key, indicator)
        yield from _ratio(draft, key, indicator)
        for variant in indicator.variants:
            yield from _variant(draft, f"{key}.variant[{variant.code}]", indicator, variant)


def _decides(draft: Draft, key: str, indicator: Indicator) -> Iterator[Finding]:
    codes = [variant.code for variant in indicator.variants]
    if indicator.decides not in codes:
        hint = nearest(indicator.decides, codes)
        fix = "name one of the indicator's variants" + (f" ({hint.en})" if hint else "")
        yield draft.finding(f"{key}.decides", f"there is no variant `{indicator.decides}` to decide", fix)


def _one_grain(draft: Draft, key: str, indicator: Indicator) -> Iterator[Finding]:
    metrics = [draft.metric_by_code[code] for code in indicator.metrics if code in draft.metric_by_code]
    if len({metric.grain for metric in metrics}) > 1:
        told = ", ".join(f"`{metric.code}` by {metric.grain}" for metric in metrics)
        yield draft.finding(
            key,
            f"reads metrics of mixed grains: {told}",
            "use metrics of one grain, or declare one of the other grain under a new code",
        )


def _ratio(draft: Draft, key: str, indicator: Indicator) -> Iterator[Finding]:
    if indicator.denominator is not None and indicator.denominator == indicator.numerator:
        yield draft.finding(f"{key}.denominator", "is the numerator as well", "name the metric to divide by")
    if indicator.unit.zh in {"%", "％"} and (indicator.scale != 100 or indicator.denominator is None):
        yield draft.finding(
            f"{key}.scale",
            "a percentage needs a denominator and the scale 100",
            "set `scale = 100` and `denominator`, or another unit",
        )


def _variant(draft: Draft, key: str, indicator: Indicator, variant: Variant) -> Iterator[Finding]:
    yield from draft.unknown("metric", [(f"{key}.numerator", variant.numerator)])
    counted = indicator.numerator_of(variant)
    if variant.reducer is Reducer.CASES:
        if counted is not None or indicator.denominator is not None:
            yield draft.finding(
                key, "counts cases, and reads metrics too", "remove numerator and denominator, or use another reducer"
            )
        return
    if counted is None:
        yield draft.finding(key, f"`{variant.reducer}` has nothing to count", "name a numerator, here or on the indicator")
    if variant.reducer in NEEDS_DENOMINATOR and indicator.denominator is None:
        yield draft.finding(key, f"`{variant.reducer}` needs a denominator", "name the indicator's denominator, or use `sum`")
    metric = draft.metric_by_code.get(counted or "")
    if variant.reducer in FROM_REGISTER and metric is not None and not metric.derived:
        yield draft.finding(
            f"{key}.numerator",
            f"`{variant.reducer}` cannot be told from counts",
            "name a derived metric that a register fills, or use `each`",
        )


def check_targets(draft: Draft) -> Iterator[Finding]:
    """Each target is of something that exists, and a task's target is due when the task is."""
    yield from check_unique(
        draft, ((_key(t), (t.indicator, t.kind, t.task, t.area, t.org, t.due, t.from_)) for t in draft.targets)
    )
    informational = {indicator.code for indicator in draft.indicators if indicator.informational}
    for target in draft.targets:
        key = _key(target)
        yield from draft.unknown("indicator", [(f"{key}.indicator", target.indicator)])
        yield from draft.unknown("task", [(f"{key}.task", target.task)])
        yield from draft.unknown("area", [(f"{key}.area", target.area)])
        yield from draft.unknown("organisation", [(f"{key}.org", target.org)])
        yield from _task_target(draft, key, target)
        if target.indicator in informational:
            yield draft.finding(key, "a target of an informational indicator", "remove the target, or `informational`")
        if target.from_ is not None and target.due < target.from_:
            yield draft.finding(f"{key}.due", "is due before it holds", "set `due` to a day after `from`")


def _key(target: Target) -> str:
    task = f", task {target.task}" if target.task is not None else ""
    place = "".join(f", {part}" for part in (target.area, target.org) if part)
    return f"target[{target.indicator}{task}{place}]"


def _task_target(draft: Draft, key: str, target: Target) -> Iterator[Finding]:
    if (target.kind == "task") != (target.task is not None):
        fix = 'set `kind = "task"` and `task` together, or neither'
        yield draft.finding(f"{key}.task", "a task's target without its task, or a task on the campaign's target", fix)
    for task in draft.tasks:
        if target.task == task.number and target.due != task.due:
            when = f"on {task.due}" if task.due else "never: it is continuous"
            yield draft.finding(
                f"{key}.due", f"due on {target.due}, but task {task.number} is due {when}", "give both the same date"
            )
