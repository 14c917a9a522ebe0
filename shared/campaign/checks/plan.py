"""Checks of tasks with their measures, case domains, hints and benchmarks."""

from collections.abc import Iterator

from shared.campaign.blocks import Measure, Task
from shared.campaign.checks.draft import Draft, listed
from shared.campaign.checks.repeats import check_unique
from shared.campaign.findings import FileError
from shared.values.spelling import normalised
from shared.vocabulary import Reducer

PARTS = ("lead", "responsible", "cooperating")


def check_tasks(draft: Draft) -> Iterator[FileError]:
    """Check that tasks refer to existing blocks, and that each measure has evidence of completion."""
    yield from check_unique(draft, ((f"task[{task.number}]", task.number) for task in draft.tasks))
    for task in draft.tasks:
        key = f"task[{task.number}]"
        named = [(f"{key}.{part}[{index}]", org) for part in PARTS for index, org in enumerate(getattr(task, part))]
        yield from draft.unknown("organisation", named)
        yield from check_unique(draft, named)
        yield from draft.unknown("indicator", listed(f"{key}.indicators", task.indicators))
        yield from check_unique(draft, ((f"{key}.measure[{measure.code}]", measure.code) for measure in task.measures))
        if not task.responsible:
            yield draft.finding(
                f"{key}.responsible",
                ("没有责任单位", "has no responsible organisation"),
                ("写明责任单位", "name the responsible organisations"),
            )
        for measure in task.measures:
            yield from _measure(draft, f"{key}.measure[{measure.code}]", task, measure)


def _measure(draft: Draft, key: str, task: Task, measure: Measure) -> Iterator[FileError]:
    yield from draft.unknown("metric", listed(f"{key}.metrics", measure.metrics))
    if not measure.code.startswith(f"{task.number}."):
        yield draft.finding(
            f"{key}.code",
            (f"属于任务 {task.number}", f"belongs to task {task.number}"),
            (f'编号为 "{task.number}.1"、"{task.number}.2" …', f'number it "{task.number}.1", "{task.number}.2" …'),
        )
    if measure.evidence is None and not measure.metrics:
        yield draft.finding(
            key,
            ("未写明完成依据", "has no evidence of completion"),
            (
                "写明所需的 `evidence`，或能反映完成情况的 `metrics`",
                "name the required `evidence` or the `metrics` that show completion",
            ),
        )


def check_case_domains(draft: Draft) -> Iterator[FileError]:
    """Check that domains are unique, and that there is one if cases are counted."""
    yield from check_unique(draft, ((f"case_domain[{domain.code}]", domain.code) for domain in draft.case_domains))
    counted = [i.code for i in draft.indicators if any(variant.reducer is Reducer.CASES for variant in i.variants)]
    if counted and not draft.case_domains:
        yield draft.finding(
            f"indicator[{counted[0]}]",
            ("统计案例，而本方案没有案例领域", "counts cases, but the campaign has no case domains"),
            ("加 [[case_domain]]", "add [[case_domain]]"),
        )


def check_hints(draft: Draft) -> Iterator[FileError]:
    """Check that each hint is for a word that is no metric, once each."""
    yield from check_unique(draft, ((f"hint[{hint.word}]", normalised(hint.word)) for hint in draft.hints))
    names = {normalised(name) for metric in draft.metrics for name in metric.names}
    for hint in draft.hints:
        if normalised(hint.word) in names:
            yield draft.finding(
                f"hint[{hint.word}].word",
                ("本方案有此填报指标", "is a metric of this campaign"),
                ("删除该提示，或给指标改名、删除该别名", "remove the hint, rename the metric, or remove its alias"),
            )


def check_benchmarks(draft: Draft) -> Iterator[FileError]:
    """Check that benchmarks are of existing indicators, one block per place and month."""
    yield from check_unique(draft, ((f"benchmark[{b.place.en}]", (b.place.zh, b.month)) for b in draft.benchmarks))
    for benchmark in draft.benchmarks:
        key = f"benchmark[{benchmark.place.en}].values"
        yield from draft.unknown("indicator", ((f"{key}.{code}", code) for code in benchmark.values))
