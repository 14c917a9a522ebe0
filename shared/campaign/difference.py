"""Difference of two versions of a definition, block by block."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shared.campaign.definition import Definition
from shared.vocabulary import ChangeKind

SINGLE_KINDS = ("campaign", "calendar", "report", "challenges", "supervision")
ARRAY_KINDS = (
    "organisation",
    "area",
    "metric",
    "indicator",
    "target",
    "rule",
    "hint",
    "register",
    "case_domain",
    "difficulty_category",
    "case_technology",
    "task",
    "benchmark",
)
IDENTITY = ("code", "number", "word", "indicator", "kind", "task", "area", "org", "place", "month", "from", "count")
MARKS: Final = {ChangeKind.ADDED: "+", ChangeKind.REMOVED: "-", ChangeKind.CHANGED: "~", ChangeKind.REORDERED: "~"}


@dataclass(frozen=True, slots=True)
class Detail:
    """The change of one key of a changed block, or of a block within it (which has neither a value before nor after)."""

    what: ChangeKind
    key: str  # measure[1.2].evidence.zh
    before: str | None = None
    after: str | None = None

    def __str__(self) -> str:
        """Return the change as a person reads it."""
        match self.what:
            case ChangeKind.REORDERED:
                return "another order"
            case ChangeKind.CHANGED:
                return f"{self.key} {self.before} → {self.after}"
            case ChangeKind.ADDED:
                return f"{self.key} added" if self.after is None else f"{self.key} = {self.after}"
            case ChangeKind.REMOVED:
                return f"{self.key} removed" if self.before is None else f"{self.key} removed (was {self.before})"


@dataclass(frozen=True, slots=True)
class Change:
    """One block that was added, changed or removed, or the order of one kind of blocks."""

    what: ChangeKind
    block: str  # metric[bs_5g_built]
    details: tuple[Detail, ...] = ()  # of a changed block
    body: Mapping[str, Any] | None = None  # the block as it is now, or was before it was removed
    count: int | None = None  # how many blocks there are, where there was no definition to compare with

    @property
    def kind(self) -> str:
        """The kind of block, such as metric."""
        return self.block.partition("[")[0]

    def __str__(self) -> str:
        """Return the change on one line, as a person reads it."""
        detail = "; ".join(map(str, self.details))
        if self.count is not None:
            detail = f"{self.count} blocks"
        if self.what is ChangeKind.REORDERED:
            detail = "another order of the blocks"
        return f"{MARKS[self.what]} {self.block}" + (f": {detail}" if detail else "")


def difference(old: Definition | None, new: Definition) -> list[Change]:
    """Return the blocks that differ, in the order of the new file; without an old definition, only how many there are."""
    after = new.body()
    if old is None:
        return [Change(ChangeKind.ADDED, kind, count=len(after[kind])) for kind in ARRAY_KINDS if after[kind]]
    before = old.body()
    changes = [change for head in SINGLE_KINDS for change in _changed(head, before[head], after[head])]
    for kind in ARRAY_KINDS:
        changes += _blocks(kind, by_name(kind, before[kind]), by_name(kind, after[kind]))
    return changes


def _blocks(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name, block in after.items():
        if name in before:
            yield from _changed(name, before[name], block)
        else:
            yield Change(ChangeKind.ADDED, name, body=block)
    yield from (Change(ChangeKind.REMOVED, name, body=block) for name, block in before.items() if name not in after)
    if [name for name in before if name in after] != [name for name in after if name in before]:
        yield Change(ChangeKind.REORDERED, kind)


def _changed(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    details = tuple(_details("", before, after))
    if details:
        yield Change(ChangeKind.CHANGED, name, details, after)
    elif before != after:
        yield Change(ChangeKind.CHANGED, name, (Detail(ChangeKind.REORDERED, ""),), after)


def _details(key: str, old: object, new: object) -> Iterator[Detail]:
    """Yield the changes of a key and of everything below it."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in {**old, **new}:
            yield from _details(f"{key}.{name}" if key else name, old.get(name), new.get(name))
    elif _are_blocks(old) or _are_blocks(new):
        before, after = by_name(key, old), by_name(key, new)
        for name in {**before, **after}:
            if name in before and name in after:
                yield from _details(name, before[name], after[name])
            else:
                yield Detail(ChangeKind.REMOVED if name in before else ChangeKind.ADDED, name)
    elif old in (None, []):
        yield Detail(ChangeKind.ADDED, key, after=_value(new))
    elif new in (None, []):
        yield Detail(ChangeKind.REMOVED, key, before=_value(old))
    else:
        yield Detail(ChangeKind.CHANGED, key, _value(old), _value(new))


def _are_blocks(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _value(value: object) -> str:
    if isinstance(value, dict):
        return " / ".join(map(str, value.values()))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def by_name(kind: str, blocks: object) -> dict[str, Any]:
    """Return the blocks of a list by a name that does not depend on their content; equal names are numbered."""
    named: dict[str, Any] = {}
    namesakes: Counter[str] = Counter()
    for block in blocks if isinstance(blocks, list) else []:
        name = f"{kind}[{_name(kind, block)}]"
        namesakes[name] += 1
        named[name if namesakes[name] == 1 else f"{name} no. {namesakes[name]}"] = block
    return named


def _name(kind: str, block: Mapping[str, Any]) -> str:
    if "code" in block:  # which is all that names it, beside the month from which it holds
        parts = [block["code"], block.get("from")]
    elif kind in {"target", "benchmark"}:
        parts = [block.get(key) for key in IDENTITY]
    else:
        parts = [next((block[key] for key in IDENTITY if key in block), next(iter(block.values()), ""))]
    return ", ".join(_text(part) for part in parts if part is not None)


def _text(part: object) -> str:
    return str(part["en"]) if isinstance(part, dict) else str(part)
