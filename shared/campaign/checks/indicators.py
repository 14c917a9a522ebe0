"""Checks of indicators and their targets."""

from collections.abc import Iterator

from shared.campaign.blocks import Indicator, Target, Variant
from shared.campaign.checks.draft import Draft, hinted
from shared.campaign.checks.repeats import check_repeats, check_unique
from shared.campaign.findings import FileError
from shared.values.suggestions import nearest
from shared.vocabulary import Reducer

NEEDS_DENOMINATOR = {Reducer.MAX_BY_AREA, Reducer.CAPPED_SUM, Reducer.ANY, Reducer.ALL, Reducer.EACH}
FROM_REGISTER = {Reducer.ANY, Reducer.ALL}
_BY_ITSELF = ("与分子相同", "is the numerator as well"), ("指明作为分母的指标", "name the metric to divide by")


def check_indicators(draft: Draft) -> Iterator[FileError]:
    """Check that each indicator reads existing metrics that fit together, and that one of its variants decides."""
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


def _decides(draft: Draft, key: str, indicator: Indicator) -> Iterator[FileError]:
    codes = [variant.code for variant in indicator.variants]
    if indicator.decides not in codes:
        hint = nearest(indicator.decides, codes)
        fix = ("指明该指标的一个算法", "name one of the indicator's variants")
        problem = (f"没有算法 `{indicator.decides}`", f"unknown variant `{indicator.decides}`")
        yield draft.finding(f"{key}.decides", problem, hinted(fix, hint))


def _one_grain(draft: Draft, key: str, indicator: Indicator) -> Iterator[FileError]:
    metrics = [draft.metric_by_code[code] for code in indicator.metrics if code in draft.metric_by_code]
    if len({metric.grain for metric in metrics}) > 1:
        yield draft.finding(
            key,
            (
                "所用指标的统计级别不同：" + "、".join(f"`{metric.code}` 按{metric.grain.title_.zh}" for metric in metrics),
                "reads metrics of different area levels: "
                + ", ".join(f"`{metric.code}` by {metric.grain}" for metric in metrics),
            ),
            (
                "用同一级别的指标，或用新代码声明另一级别的指标",
                "use metrics of one area level, or declare a metric of the other level under a new code",
            ),
        )


def _ratio(draft: Draft, key: str, indicator: Indicator) -> Iterator[FileError]:
    if indicator.denominator is not None and indicator.denominator == indicator.numerator:
        yield draft.finding(f"{key}.denominator", *_BY_ITSELF)
    plain = [variant for variant in indicator.variants if indicator.denominator_of(variant) is None]
    if indicator.unit.zh in {"%", "％"} and (indicator.scale != 100 or plain):
        yield draft.finding(
            f"{key}.scale",
            ("百分比须有分母，且 scale 为 100", "a percentage needs a denominator and the scale 100"),
            ("设 `scale = 100` 和 `denominator`，或改用其他计量单位", "set `scale = 100` and `denominator`, or another unit"),
        )


def _variant(draft: Draft, key: str, indicator: Indicator, variant: Variant) -> Iterator[FileError]:
    yield from draft.unknown("metric", [(f"{key}.numerator", variant.numerator), (f"{key}.denominator", variant.denominator)])
    counted, divided = indicator.sides_of(variant)
    if variant.reducer is Reducer.CASES:
        if counted is not None or divided is not None:
            yield draft.finding(
                key,
                ("既统计案例又读取指标", "counts cases and reads metrics as well"),
                ("删除 numerator 和 denominator，或改用其他归并方式", "remove numerator and denominator, or use another reducer"),
            )
        return
    if counted is None:
        yield draft.finding(
            key,
            (f"`{variant.reducer}` 没有统计对象", f"`{variant.reducer}` has nothing to count"),
            ("在此处或指标上写明 numerator", "name a numerator, here or on the indicator"),
        )
    if (variant.numerator or variant.denominator) and counted == divided:
        yield draft.finding(f"{key}.denominator", *_BY_ITSELF)
    if variant.reducer in NEEDS_DENOMINATOR and divided is None:
        yield draft.finding(
            key,
            (f"`{variant.reducer}` 须有分母", f"`{variant.reducer}` needs a denominator"),
            ("在此处或指标上写明 denominator，或用 `sum`", "name a denominator, here or on the indicator, or use `sum`"),
        )
    if variant.reducer in FROM_REGISTER:
        yield from _from_register(draft, key, variant.reducer, counted, divided)


def _from_register(draft: Draft, key: str, reducer: Reducer, counted: str | None, divided: str | None) -> Iterator[FileError]:
    """Check that a count of register rows is divided by a count of the same register, not by a reported one."""
    top, bottom = (draft.metric_by_code.get(code or "") for code in (counted, divided))
    if top is not None and not top.derived:
        yield draft.finding(
            f"{key}.numerator",
            (f"仅凭总数无法得出 `{reducer}`", f"`{reducer}` cannot be computed from counts"),
            ("写由登记表汇总的指标，或用 `each`", "name a metric derived from a register, or use `each`"),
        )
    if bottom is not None and not bottom.of_everybody:
        yield draft.finding(
            f"{key}.denominator",
            (
                f"`{bottom.code}` 不是由登记表汇总的数，与分子的来源不同",
                f"`{bottom.code}` is not derived from the same register as the numerator",
            ),
            ("写由同一登记表汇总的指标", "name a metric derived from the same register"),
        )


def check_targets(draft: Draft) -> Iterator[FileError]:
    """Check that each target refers to existing blocks, and that a task's target is due with the task."""
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
            yield draft.finding(
                key,
                ("参考指标不得设目标", "an informational indicator must not have a target"),
                ("删除该目标，或删除 `informational`", "remove the target, or `informational`"),
            )
        if target.from_ is not None and target.due < target.from_:
            yield draft.finding(
                f"{key}.due",
                ("完成时限早于生效月份", "is due before it applies"),
                ("把 `due` 设为 `from` 之后的日期", "set `due` to a day after `from`"),
            )


def _key(target: Target) -> str:
    task = f", task {target.task}" if target.task is not None else ""
    place = "".join(f", {part}" for part in (target.area, target.org) if part)
    return f"target[{target.indicator}{task}{place}]"


def _task_target(draft: Draft, key: str, target: Target) -> Iterator[FileError]:
    if (target.kind == "task") != (target.task is not None):
        yield draft.finding(
            f"{key}.task",
            ("任务目标未指明任务，或总目标指明了任务", "a task's target without its task, or a task on the campaign's target"),
            ('`kind = "task"` 与 `task` 须同时写或都不写', 'set `kind = "task"` and `task` together, or neither'),
        )
    for task in draft.tasks:
        if target.task == task.number and target.due != task.due:
            when = (
                (f"于 {task.due} 到期", f"is due on {task.due}")
                if task.due
                else ("持续推进，未设完成时限", "is continuous and has no due date")
            )
            yield draft.finding(
                f"{key}.due",
                (
                    f"目标于 {target.due} 到期，而任务 {task.number} {when[0]}",
                    f"due on {target.due}, but task {task.number} {when[1]}",
                ),
                ("两处应写同一日期", "give both the same date"),
            )
