"""Tasks with their measures, case domains, hints and benchmarks."""

from collections.abc import Iterator

from shared.campaign.blocks import Measure, Task
from shared.campaign.checks.draft import Draft, listed
from shared.campaign.checks.repeats import check_unique
from shared.campaign.findings import Finding
from shared.values.spelling import normalised
from shared.vocabulary import Reducer

PARTS = ("lead", "responsible", "cooperating")


def check_tasks(draft: Draft) -> Iterator[Finding]:
    """Each task names organisations, indicators and metrics that exist, and each clause what shows that it is done."""
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
                ("没有责任单位", "nobody is responsible"),
                ("写明责任单位", "name the responsible organisations"),
            )
        for measure in task.measures:
            yield from _measure(draft, f"{key}.measure[{measure.code}]", task, measure)


def _measure(draft: Draft, key: str, task: Task, measure: Measure) -> Iterator[Finding]:
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
            ("没有可证明完成的内容", "nothing shows that this is done"),
            ("写明所需的 `evidence`，或能反映完成情况的 `metrics`", "name the `evidence` wanted or the `metrics` that show it"),
        )


def check_case_domains(draft: Draft) -> Iterator[Finding]:
    """Domains are unique, and there is one where cases are counted."""
    yield from check_unique(draft, ((f"case_domain[{domain.code}]", domain.code) for domain in draft.case_domains))
    counted = [i.code for i in draft.indicators if any(variant.reducer is Reducer.CASES for variant in i.variants)]
    if counted and not draft.case_domains:
        yield draft.finding(
            f"indicator[{counted[0]}]",
            ("统计案例，而本活动没有案例领域", "counts cases in a campaign without case domains"),
            ("加 [[case_domain]]", "add [[case_domain]]"),
        )


def check_hints(draft: Draft) -> Iterator[Finding]:
    """A hint is given for words that are no metric, once each."""
    yield from check_unique(draft, ((f"hint[{hint.word}]", normalised(hint.word)) for hint in draft.hints))
    names = {normalised(name) for metric in draft.metrics for name in metric.names}
    for hint in draft.hints:
        if normalised(hint.word) in names:
            yield draft.finding(
                f"hint[{hint.word}].word",
                ("本活动有这个指标", "is a metric of this campaign"),
                ("删除该提示，或给指标改名、删除该别名", "remove the hint, rename the metric, or remove its alias"),
            )


def check_benchmarks(draft: Draft) -> Iterator[Finding]:
    """Published figures are of indicators that exist, one block a place and month."""
    yield from check_unique(draft, ((f"benchmark[{b.place.en}]", (b.place.zh, b.month)) for b in draft.benchmarks))
    for benchmark in draft.benchmarks:
        key = f"benchmark[{benchmark.place.en}].values"
        yield from draft.unknown("indicator", ((f"{key}.{code}", code) for code in benchmark.values))
