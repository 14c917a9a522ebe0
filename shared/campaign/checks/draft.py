"""A campaign file while it is checked: its well-formed blocks, and the codes of the broken ones too."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from shared.campaign.blocks import (
    Area,
    Benchmark,
    CampaignHead,
    CaseDomain,
    CaseTechnology,
    DifficultyCategory,
    Hint,
    Indicator,
    KeptRegister,
    Metric,
    Organisation,
    Rule,
    Supervision,
    Target,
    Task,
)
from shared.campaign.findings import FileError, Text
from shared.campaign.shape import valid_blocks
from shared.values.bilingual import Bilingual
from shared.values.suggestions import nearest


@dataclass(frozen=True)
class Draft:
    """The blocks of a file for the cross-checks. A code of an invalid block counts as known: its block has its own finding."""

    file: str
    head: CampaignHead | None
    organisations: tuple[Organisation, ...]
    areas: tuple[Area, ...]
    metrics: tuple[Metric, ...]
    indicators: tuple[Indicator, ...]
    targets: tuple[Target, ...]
    rules: tuple[Rule, ...]
    hints: tuple[Hint, ...]
    registers: tuple[KeptRegister, ...]
    case_domains: tuple[CaseDomain, ...]
    case_technologies: tuple[CaseTechnology, ...]
    supervision: Supervision | None
    difficulty_categories: tuple[DifficultyCategory, ...]
    tasks: tuple[Task, ...]
    benchmarks: tuple[Benchmark, ...]
    known: Mapping[str, Collection[str | int]]  # by kind of block: organisation, area, metric, indicator, task

    @classmethod
    def of(cls, raw: Mapping[str, Any], file: str) -> Self:
        """Return the draft of a parsed file."""
        return cls(
            file=file,
            head=next(valid_blocks(raw, "campaign", CampaignHead), None),
            organisations=tuple(valid_blocks(raw, "organisation", Organisation)),
            areas=tuple(valid_blocks(raw, "area", Area)),
            metrics=tuple(valid_blocks(raw, "metric", Metric)),
            indicators=tuple(valid_blocks(raw, "indicator", Indicator)),
            targets=tuple(valid_blocks(raw, "target", Target)),
            rules=tuple(valid_blocks(raw, "rule", Rule)),
            hints=tuple(valid_blocks(raw, "hint", Hint)),
            registers=tuple(valid_blocks(raw, "register", KeptRegister)),
            case_domains=tuple(valid_blocks(raw, "case_domain", CaseDomain)),
            case_technologies=tuple(valid_blocks(raw, "case_technology", CaseTechnology)),
            supervision=next(valid_blocks(raw, "supervision", Supervision), None),
            difficulty_categories=tuple(valid_blocks(raw, "difficulty_category", DifficultyCategory)),
            tasks=tuple(valid_blocks(raw, "task", Task)),
            benchmarks=tuple(valid_blocks(raw, "benchmark", Benchmark)),
            known={
                kind: set(_names(raw.get(kind), "number" if kind == "task" else "code"))
                for kind in ("organisation", "area", "metric", "indicator", "task")
            },
        )

    @cached_property
    def metric_by_code(self) -> Mapping[str, Metric]:
        """The well-formed metrics, the last block of each code."""
        return {metric.code: metric for metric in self.metrics}

    @cached_property
    def organisation_by_code(self) -> Mapping[str, Organisation]:
        """The well-formed organisations."""
        return {organisation.code: organisation for organisation in self.organisations}

    def finding(self, key: str, problem: Text, fix: Text) -> FileError:
        """Return a finding in this file."""
        return FileError.of(self.file, key, problem, fix)

    def unknown(self, kind: str, names: Iterable[tuple[str, str | int | None]]) -> Iterator[FileError]:
        """Yield a finding for each (key, name) whose name no block of that kind has; None is no name."""
        valid = self.known[kind]
        for key, name in names:
            if name is not None and name not in valid:
                hint = nearest(str(name), (str(other) for other in valid))
                fix = (f"在 [[{kind}]] 中声明，或改正", f"declare it in [[{kind}]] or correct it")
                yield self.finding(key, (f"没有 {kind} `{name}`", f"unknown {kind} `{name}`"), hinted(fix, hint))


def _names(items: object, key: str) -> Iterator[str | int]:
    for item in items if isinstance(items, list) else ():
        if isinstance(item, Mapping) and isinstance(item.get(key), str | int):
            yield item[key]


def with_keys(key: str, names: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Yield the names of a list with the key of each: owed_by[0], owed_by[1] and so on."""
    return ((f"{key}[{index}]", name) for index, name in enumerate(names))


def hinted(fix: Text, hint: Bilingual | None) -> Text:
    """Return the correction with the name that may have been meant."""
    zh, en = fix
    return (f"{zh}（{hint.zh}）", f"{en} ({hint.en})") if hint else fix


def quoted(names: Iterable[str]) -> Text:
    """Return names as they are quoted in a text."""
    marked = [f"`{name}`" for name in names]
    return "、".join(marked), ", ".join(marked)
