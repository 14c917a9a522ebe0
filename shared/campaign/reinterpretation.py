"""Changes of a definition that would give stored counts or items another meaning, and are therefore refused."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from shared.campaign.definition import Definition
from shared.values.bilingual import Bilingual

_END: Final = Bilingual(
    zh='保留该块，用 `valid_to = "YYYY-MM"` 结束它', en='keep the block and end it with `valid_to = "YYYY-MM"`'
)
_REMOVED: Final = Bilingual(zh="已被删除，但库中已有其数据", en="is removed, but counts of it are stored")
_REMOVED_FROM_ITEMS: Final = Bilingual(zh="已被删除，但已有事项引用", en="is removed, but items refer to it")
_KEEP: Final = Bilingual(zh="保留该块；名称可以修改", en="keep the block; its title may change")


@dataclass(frozen=True, slots=True)
class Used:
    """Codes under which counts or items are stored."""

    metrics: Collection[str] = ()
    areas: Collection[str] = ()
    organisations: Collection[str] = ()
    blocks: Collection[str] = ()  # that items refer to, such as `difficulty_category[funding]`

    @property
    def is_empty(self) -> bool:
        """True if it has no code."""
        return not (self.metrics or self.areas or self.organisations or self.blocks)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change that would give stored counts another meaning, and what to do instead."""

    key: str
    problem: Bilingual
    way: Bilingual

    def __str__(self) -> str:
        """Return the refusal on one line."""
        return f"{self.key}: {self.problem.en}; {self.way.en}"


def assignment_binds(old: Definition) -> dict[str, list[Any]]:
    """Return the binds that name the assignments of tasks: one without a row may have comments and attachments."""
    assignments = old.assignments.items()
    return {
        "assignment_ids": [item_id for item_id, _ in assignments],
        "assignment_tasks": [assignment.task.number for _, assignment in assignments],
        "assignment_orgs": [assignment.org for _, assignment in assignments],
    }


def doubtful(old: Definition, new: Definition) -> Used:
    """Return the codes whose counts the change would reinterpret if there are any."""
    metrics = {metric.code: metric for metric in new.metrics}
    areas = {area.code for area in new.areas}
    organisations = {organisation.code for organisation in new.organisations}
    moved = {old.campaign.area} if old.campaign.area != new.campaign.area else set()
    return Used(
        metrics={m.code for m in old.metrics if m.code not in metrics or _altered(old, new, m.code)},
        areas={area.code for area in old.areas if area.code not in areas} | moved,
        organisations={o.code for o in old.organisations if o.code not in organisations},
        blocks={*_named_by_items(old)}.difference(_named_by_items(new)),
    )


def refusals(old: Definition, new: Definition, used: Used) -> list[Refusal]:
    """Return the changes that would reinterpret stored counts or items.

    Changed indicators and targets are none of them: earlier versions keep using the old ones.
    """
    doubted = doubtful(old, new)
    return [
        *(
            _metric_refusal(old, new, m)
            for m in dict.fromkeys(m.code for m in old.metrics)
            if m in doubted.metrics and m in used.metrics
        ),
        *(_area_refusal(new, a.code) for a in old.areas if a.code in doubted.areas and a.code in used.areas),
        *(
            Refusal(f"organisation[{o.code}]", _REMOVED, _END)
            for o in old.organisations
            if o.code in doubted.organisations and o.code in used.organisations
        ),
        *(
            Refusal(name, _REMOVED_FROM_ITEMS, _KEEP)
            for name in _named_by_items(old)
            if name in doubted.blocks and name in used.blocks
        ),
    ]


def _named_by_items(definition: Definition) -> list[str]:
    """Return the names of the blocks that items may refer to."""
    return [
        *(f"case_domain[{domain.code}]" for domain in definition.case_domains),
        *(f"case_technology[{technology.code}]" for technology in definition.case_technologies),
        *(f"difficulty_category[{category.code}]" for category in definition.difficulty_categories),
        *(f"task[{task.number}]" for task in definition.tasks),
        *(f"task[{task.number}].responsible[{org}]" for task in definition.tasks for org in task.responsible),
        *(f"task[{task.number}].measure[{measure.code}]" for task in definition.tasks for measure in task.measures),
    ]


def _altered(old: Definition, new: Definition, code: str) -> list[str]:
    before, after = old.metric(code), new.metric(code)
    return [key for key in ("unit", "kind", "grain", "derived") if getattr(before, key) != getattr(after, key)]


def _metric_refusal(old: Definition, new: Definition, code: str) -> Refusal:
    if code not in {metric.code for metric in new.metrics}:
        return Refusal(f"metric[{code}]", _REMOVED, _END)
    keys = _altered(old, new, code)
    return Refusal(
        f"metric[{code}]",
        Bilingual(
            zh=f"{'、'.join(keys)} 已改变，但库中已有其数据", en=f"its {' and '.join(keys)} changed, but counts of it are stored"
        ),
        Bilingual(
            zh=f'用新代码声明新的填报指标，并用 `valid_to = "YYYY-MM"` 结束 `{code}`',
            en=f'declare a metric with a new code for the new meaning, and end `{code}` with `valid_to = "YYYY-MM"`',
        ),
    )


def _area_refusal(new: Definition, code: str) -> Refusal:
    if code in {area.code for area in new.areas}:
        return Refusal(
            "campaign.area",
            Bilingual(
                zh=f"不再是 `{code}`，但库中已有按其统计的全区数据",
                en=f"is no longer `{code}`, but counts of the whole area are stored under it",
            ),
            Bilingual(zh=f'保留 `area = "{code}"`', en=f'keep `area = "{code}"`'),
        )
    way = Bilingual(
        zh=f"{_END.zh}；后继区域用新代码并写明 `valid_from`",
        en=f"{_END.en}; give its successor a new code with `valid_from`",
    )
    return Refusal(f"area[{code}]", _REMOVED, way)
