"""What a changed campaign file changes, and what it must not change. Pure."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shared.campaign.definition import Definition

HEADS = ("campaign", "calendar")
ARRAYS = ("organisation", "area", "metric", "indicator", "target", "rule", "hint", "register", "case_domain", "task", "benchmark")
IDENTITY = ("code", "number", "word", "indicator", "kind", "task", "area", "org", "place", "month", "from", "count")
MARKS = {"added": "+", "removed": "-", "changed": "~"}


@dataclass(frozen=True, slots=True)
class Change:
    """One block that was added, changed or removed."""

    what: Literal["added", "changed", "removed"]
    block: str  # metric[bs_5g_built]
    details: tuple[str, ...] = ()  # what became of each key, of a changed block

    def __str__(self) -> str:
        """On one line, as a person reads it."""
        return f"{MARKS[self.what]} {self.block}" + (f": {'; '.join(self.details)}" if self.details else "")


@dataclass(frozen=True, slots=True)
class Used:
    """Codes under which facts are stored."""

    metrics: Collection[str] = ()
    areas: Collection[str] = ()
    organisations: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change that would give stored facts another meaning, and the way that does not."""

    key: str
    problem: str
    way: str

    def __str__(self) -> str:
        """On one line."""
        return f"{self.key}: {self.problem}; {self.way}"


def difference(old: Definition | None, new: Definition) -> list[Change]:
    """Every block that differs, in the order of the new file; only how many there are where there was no definition."""
    after = new.body()
    if old is None:
        return [Change("added", kind, (f"{len(after[kind])} blocks",)) for kind in ARRAYS if after[kind]]
    before = old.body()
    changes = [change for head in HEADS for change in _changed(head, before[head], after[head])]
    for kind in ARRAYS:
        changes += _blocks(kind, _by_name(kind, before[kind]), _by_name(kind, after[kind]))
    return changes


def _blocks(kind: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    for name, block in after.items():
        if name in before:
            yield from _changed(name, before[name], block)
        else:
            yield Change("added", name)
    yield from (Change("removed", name) for name in before if name not in after)
    if [name for name in before if name in after] != [name for name in after if name in before]:
        yield Change("changed", kind, ("another order of the blocks",))


def _changed(name: str, before: object, after: object) -> Iterator[Change]:
    details = tuple(_details("", before, after))
    if details:
        yield Change("changed", name, details)
    elif before != after:
        yield Change("changed", name, ("another order",))


def _details(key: str, old: object, new: object) -> Iterator[str]:
    """What became of a key and of everything below it."""
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for name in {**old, **new}:
            yield from _details(f"{key}.{name}" if key else name, old.get(name), new.get(name))
    elif _are_blocks(old) or _are_blocks(new):
        before, after = _by_name(key, old), _by_name(key, new)
        for name in {**before, **after}:
            if name in before and name in after:
                yield from _details(name, before[name], after[name])
            else:
                yield f"{name} {'removed' if name in before else 'added'}"
    elif old in (None, []):
        yield f"{key} = {_value(new)}"
    else:
        yield f"{key} removed (was {_value(old)})" if new in (None, []) else f"{key} {_value(old)} → {_value(new)}"


def _are_blocks(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _value(value: object) -> str:
    if isinstance(value, dict):
        return " / ".join(map(str, value.values()))
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _by_name(kind: str, blocks: object) -> dict[str, Any]:
    """The blocks of a list by a name that holds while their content changes; namesakes are numbered."""
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


def doubtful(old: Definition, new: Definition) -> Used:
    """The codes whose facts the change would reinterpret, if there are any."""
    metrics = {metric.code: metric for metric in new.metrics}
    areas = {area.code for area in new.areas}
    organisations = {organisation.code for organisation in new.organisations}
    moved = {old.campaign.area} if old.campaign.area != new.campaign.area else set()
    return Used(
        metrics={m.code for m in old.metrics if m.code not in metrics or _altered(old, new, m.code)},
        areas={area.code for area in old.areas if area.code not in areas} | moved,
        organisations={o.code for o in old.organisations if o.code not in organisations},
    )


def refusals(old: Definition, new: Definition, used: Used) -> list[Refusal]:
    """What would reinterpret stored facts. A changed indicator or target is none: earlier versions keep reading the old one."""
    doubted = doubtful(old, new)
    return [
        *(
            _metric_refusal(old, new, m)
            for m in dict.fromkeys(m.code for m in old.metrics)
            if m in doubted.metrics and m in used.metrics
        ),
        *(_area_refusal(new, a.code) for a in old.areas if a.code in doubted.areas and a.code in used.areas),
        *(
            Refusal(
                f"organisation[{o.code}]",
                "is removed, but facts of it are stored",
                'keep the block and end it with `valid_to = "YYYY-MM"`',
            )
            for o in old.organisations
            if o.code in doubted.organisations and o.code in used.organisations
        ),
    ]


def _altered(old: Definition, new: Definition, code: str) -> list[str]:
    before, after = old.metric(code), new.metric(code)
    return [key for key in ("unit", "kind", "grain", "derived") if getattr(before, key) != getattr(after, key)]


def _metric_refusal(old: Definition, new: Definition, code: str) -> Refusal:
    if code not in {metric.code for metric in new.metrics}:
        way = 'keep the block and end it with `valid_to = "YYYY-MM"`'
        return Refusal(f"metric[{code}]", "is removed, but facts of it are stored", way)
    keys = " and ".join(_altered(old, new, code))
    way = f'declare what is meant now as a metric with a new code, and end `{code}` with `valid_to = "YYYY-MM"`'
    return Refusal(f"metric[{code}]", f"its {keys} changed, but facts of it are stored", way)


def _area_refusal(new: Definition, code: str) -> Refusal:
    if code in {area.code for area in new.areas}:
        return Refusal(
            "campaign.area", f"is no longer `{code}`, but facts of the whole area are stored under it", f'keep `area = "{code}"`'
        )
    way = 'keep the block and end it with `valid_to = "YYYY-MM"`; give its successor a new code with `valid_from`'
    return Refusal(f"area[{code}]", "is removed, but facts of it are stored", way)
