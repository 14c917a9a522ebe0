"""Checks of tasks with their measures, domains and technologies of cases, categories of difficulties, hints and benchmarks."""

from collections.abc import Collection, Iterator

from shared.campaign.blocks import Measure, Task
from shared.campaign.checks.draft import Draft, with_keys
from shared.campaign.checks.repeats import check_unique
from shared.campaign.findings import FileError
from shared.values.spelling import normalised
from shared.vocabulary import Reducer, Role

PARTS = ("lead", "responsible", "cooperating")
_REPORTING = frozenset({Role.CARRIER, Role.STREET, Role.BUREAU, Role.TASK_FORCE})  # roles that may report a task's progress
_ACCEPTING = frozenset({Role.BUREAU, Role.TASK_FORCE})  # roles in which the lead organisation accepts


def check_tasks(draft: Draft) -> Iterator[FileError]:
    """Check that tasks refer to existing blocks, that they can be reported and accepted, and that each measure has evidence."""
    yield from check_unique(draft, ((f"task[{task.number}]", task.number) for task in draft.tasks))
    for task in draft.tasks:
        key = f"task[{task.number}]"
        named = [(f"{key}.{part}[{index}]", org) for part in PARTS for index, org in enumerate(getattr(task, part))]
        yield from draft.unknown("organisation", named)
        yield from check_unique(draft, named)
        yield from draft.unknown("indicator", with_keys(f"{key}.indicators", task.indicators))
        yield from check_unique(draft, ((f"{key}.measure[{measure.code}]", measure.code) for measure in task.measures))
        if not task.responsible:
            yield draft.finding(
                f"{key}.responsible",
                ("没有责任单位", "has no responsible organisation"),
                ("写明责任单位", "name the responsible organisations"),
            )
        yield from _roles(draft, key, task)
        yield from _acceptance(draft, key, task)
        yield from _starts(draft, key, task)
        for measure in task.measures:
            yield from _measure(draft, f"{key}.measure[{measure.code}]", task, measure)


def _roles(draft: Draft, key: str, task: Task) -> Iterator[FileError]:
    """Yield the organisations whose roles do not allow their part in a task."""
    for index, code in enumerate(task.responsible):
        if not _has_role(draft, code, _REPORTING):
            yield draft.finding(
                f"{key}.responsible[{index}]",
                (f"`{code}` 的角色不能填报任务进展", f"`{code}` has no role that may report progress"),
                ("责任单位须为企业、街道、部门或专班", "name a carrier, a subdistrict office, a bureau or the task force"),
            )
    for index, code in enumerate(task.lead):
        if not _has_role(draft, code, _ACCEPTING):
            yield draft.finding(
                f"{key}.lead[{index}]",
                (f"`{code}` 的角色不能验收任务", f"`{code}` has no role that may accept a task"),
                ("牵头单位须为部门或专班", "name a bureau or the task force"),
            )


def _has_role(draft: Draft, code: str, roles: Collection[Role]) -> bool:
    organisation = draft.organisation_by_code.get(code)
    return organisation is None or not frozenset(roles).isdisjoint(organisation.roles)


def _acceptance(draft: Draft, key: str, task: Task) -> Iterator[FileError]:
    """Yield the responsible organisations whose work nobody else may accept."""
    accepting = {*task.lead, *(each.code for each in draft.organisations if Role.TASK_FORCE in each.roles)}
    for index, code in enumerate(task.responsible):
        if not accepting - {code}:
            yield draft.finding(
                f"{key}.responsible[{index}]",
                (f"没有其他单位可以验收 `{code}` 的工作", f"no other organisation may accept the work of `{code}`"),
                (
                    "写明另一牵头单位，或设另一专班单位",
                    "name another lead organisation, or give another one the role of task force",
                ),
            )


def _starts(draft: Draft, key: str, task: Task) -> Iterator[FileError]:
    starts = draft.supervision.starts if draft.supervision else None
    if task.due is not None and starts is not None and task.due < starts:
        yield draft.finding(
            f"{key}.due",
            (f"早于 supervision.starts（{starts}）", f"is before supervision.starts ({starts})"),
            ("改正其中一个日期", "correct one of the dates"),
        )


def _measure(draft: Draft, key: str, task: Task, measure: Measure) -> Iterator[FileError]:
    yield from draft.unknown("metric", with_keys(f"{key}.metrics", measure.metrics))
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


def check_cases(draft: Draft) -> Iterator[FileError]:
    """Check that domains and technologies of cases are unique, and that there are both if cases are counted."""
    yield from check_unique(draft, ((f"case_domain[{domain.code}]", domain.code) for domain in draft.case_domains))
    yield from check_unique(draft, ((f"case_technology[{each.code}]", each.code) for each in draft.case_technologies))
    counted = [i.code for i in draft.indicators if any(variant.reducer is Reducer.CASES for variant in i.variants)]
    if counted and not draft.case_domains:
        yield draft.finding(
            f"indicator[{counted[0]}]",
            ("统计案例，而本方案没有案例领域", "counts cases, but the campaign has no case domains"),
            ("加 [[case_domain]]", "add [[case_domain]]"),
        )
    if counted and not draft.case_technologies:
        yield draft.finding(
            f"indicator[{counted[0]}]",
            ("统计案例，而本方案没有案例所用技术", "counts cases, but the campaign has no technologies of cases"),
            ("加 [[case_technology]]", "add [[case_technology]]"),
        )


def check_difficulty_categories(draft: Draft) -> Iterator[FileError]:
    """Check that categories are unique."""
    codes = (category.code for category in draft.difficulty_categories)
    yield from check_unique(draft, ((f"difficulty_category[{code}]", code) for code in codes))


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
