"""Checks of repeated blocks: an error if a code must be unique, intended if each has its own `from`."""

from collections.abc import Hashable, Iterable, Iterator
from datetime import date
from typing import Protocol

from shared.campaign.checks.draft import Draft
from shared.campaign.findings import FileError, Text
from shared.values.months import month_text


class Dated(Protocol):
    """A block that may repeat with `from`."""

    @property
    def code(self) -> str:
        """Its code."""

    @property
    def from_(self) -> date | None:
        """The first month in which it applies."""


def check_unique(draft: Draft, names: Iterable[tuple[str, Hashable]]) -> Iterator[FileError]:
    """Yield a finding for each (key, name) whose name appeared before."""
    seen: set[Hashable] = set()
    for key, name in names:
        if name in seen:
            yield draft.finding(
                key, ("重复出现", "appears twice"), ("删除其一，或换一个代码", "remove one of them or give it another code")
            )
        seen.add(name)


def check_repeats(draft: Draft, kind: str, blocks: Iterable[Dated]) -> Iterator[FileError]:
    """Yield a finding for each repeated block without a later `from`, the month in which it replaces the one before."""
    last: dict[str, Dated] = {}
    for block in blocks:
        before = last.get(block.code)
        if before is not None and (block.from_ is None or (before.from_ is not None and block.from_ <= before.from_)):
            after = _later(before.from_)
            yield draft.finding(
                f"{kind}[{block.code}].from",
                (f"{kind} `{block.code}` 重复出现", f"{kind} `{block.code}` appears twice"),
                (f"换一个代码，或写明 `from` 月份：{after[0]}", f"give it another code, or a `from` month {after[1]}"),
            )
        last[block.code] = block


def _later(from_: date | None) -> Text:
    if from_ is None:
        return "自该月起取代前一块", "from which it replaces the one before"
    return f"晚于 {month_text(from_)}", f"later than {month_text(from_)}"
