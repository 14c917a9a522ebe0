"""Checks of targets."""

from collections.abc import Iterable, Iterator

from shared.campaign.blocks import Indicator, Target
from shared.campaign.checks.draft import Draft
from shared.campaign.checks.repeats import check_unique
from shared.campaign.findings import FileError
from shared.vocabulary import Grain, MetricKind, SeriesStep


def check_targets(draft: Draft) -> Iterator[FileError]:
    """Check that each target refers to existing blocks, and that a task's target is due with the task."""
    yield from check_unique(
        draft, ((_key(t), (t.indicator, t.kind, t.period, t.task, t.area, t.org, t.due, t.from_)) for t in draft.targets)
    )
    informational = {indicator.code for indicator in draft.indicators if indicator.informational}
    for target in draft.targets:
        key = _key(target)
        yield from draft.unknown("indicator", [(f"{key}.indicator", target.indicator)])
        yield from draft.unknown("task", [(f"{key}.task", target.task)])
        yield from draft.unknown("area", [(f"{key}.area", target.area)])
        yield from draft.unknown("organisation", [(f"{key}.org", target.org)])
        yield from _task_target(draft, key, target)
        yield from _never_judged(draft, key, target)
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
    period = None if target.period is SeriesStep.MONTH else target.period
    place = "".join(f", {part}" for part in (target.area, target.org, period) if part)
    return f"target[{target.indicator}{task}{place}]"


def _never_judged(draft: Draft, key: str, target: Target) -> Iterator[FileError]:
    """Check that there are lines which a target is compared with."""
    blocks = [indicator for indicator in draft.indicators if indicator.code == target.indicator]
    metrics = [draft.metric_by_code[code] for block in blocks for code in block.metrics if code in draft.metric_by_code]
    if not blocks or len(metrics) < len([code for block in blocks for code in block.metrics]):
        return  # has a finding of its own
    if target.period is not SeriesStep.MONTH and not any(metric.kind is MetricKind.FLOW for metric in metrics):
        yield draft.finding(
            f"{key}.period",
            ("该指标没有时期数，不按季度或年度合计", "reads no flow, so nothing is added up over a quarter or year"),
            ("删除 `period`", "remove `period`"),
        )
    if target.area is not None and draft.head is not None and target.area == draft.head.area:
        yield draft.finding(
            f"{key}.area",
            ("全区的目标不写区域", "is the whole area, which a target without `area` is for"),
            ("删除 `area`", "remove `area`"),
        )
    elif target.area is not None and not any(metric.grain is Grain.STREET for metric in metrics):
        yield draft.finding(
            f"{key}.area",
            ("该指标不分区域，目标永远无法判定", "is not counted by area, so the target could never be judged"),
            ("删除 `area`", "remove `area`"),
        )
    if target.org is not None and target.org not in _reporters(draft, blocks):
        yield draft.finding(
            f"{key}.org",
            (
                "该单位不填报该指标的分子，目标永远无法判定",
                "does not report the indicator's numerator, so the target could never be judged",
            ),
            ("改为填报该指标的单位", "name an organisation that reports it"),
        )
    area = next((each for each in draft.areas if each.code == target.area), None)
    if area is not None and area.valid_to is not None and target.from_ is not None and area.valid_to < target.from_:
        yield draft.finding(
            f"{key}.from",
            ("目标生效时该区域已不存在", "applies only after its area has ended"),
            ("改正 `from` 或 `area`", "correct `from` or `area`"),
        )


def _reporters(draft: Draft, blocks: Iterable[Indicator]) -> set[str]:
    """Return the organisations that report the numerator that decides."""
    deciding = [(block, variant) for block in blocks for variant in block.variants if variant.code == block.decides]
    metrics = (draft.metric_by_code.get(block.numerator_of(variant) or "") for block, variant in deciding)
    return {org for metric in metrics if metric for org in metric.reporters}


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
