"""Changes to the small campaign file that spoil it, and what is then said of it."""

from collections.abc import Callable
from typing import Any, NamedTuple

from shared.campaign.checks import findings
from tests.shared.campaign.plans import TEXT, Raw, block, in_both_languages, small

Spoil = Callable[[Raw], Any]


class Spoilt(NamedTuple):
    """A change, the key that is named for it, and words of what is wrong and how to mend it."""

    name: str
    spoil: Spoil
    key: str
    problem: str
    fix: str

    def is_told(self) -> None:
        """The checks name the file, the key and the way to put it right, in both languages."""
        raw = small()
        self.spoil(raw)

        found = findings(raw, "plan.toml")

        matching = [one for one in found if one.key == self.key and self.problem in one.problem.en and self.fix in one.fix.en]
        assert matching, "\n".join(map(str, found)) or "nothing was found"
        assert matching[0].file == "plan.toml"
        assert all(in_both_languages(one) for one in found)


def named(spoilt: Spoilt) -> str:
    """The name of the test."""
    return spoilt.name


def setting(kind: str, code: str | int, /, **values: object) -> Spoil:
    """Sets keys of a block; None removes one."""

    def spoil(raw: Raw) -> None:
        target = raw[kind] if isinstance(raw[kind], dict) else block(raw, kind, code)
        for key, value in values.items():
            name = "from" if key == "from_" else key
            target.pop(name, None)
            if value is not None:
                target[name] = value

    return spoil


def adding(kind: str, like: str | int, /, **values: object) -> Spoil:
    """Adds a copy of a block with other keys."""

    def spoil(raw: Raw) -> None:
        changes = {"from" if key == "from_" else key: value for key, value in values.items()}
        raw[kind].append({**block(raw, kind, like), **changes})

    return spoil


def rule(**values: object) -> Spoil:
    """Adds a rule `new`, a warning unless it says otherwise."""
    return lambda raw: raw["rule"].append({"code": "new", "severity": "warn", "message": TEXT, **values})


def variant(index: int, /, **values: object) -> Spoil:
    """Sets keys of a variant of the indicator `reach`."""
    return lambda raw: block(raw, "indicator", "reach")["variant"][index].update(values)


def measure(index: int, /, **values: object) -> Spoil:
    """Sets keys of a measure of the first task."""

    def spoil(raw: Raw) -> None:
        task_measure = raw["task"][0]["measure"][index]
        task_measure.pop("evidence", None)
        task_measure.update(values)

    return spoil


def register(code: str, *counts: Raw, kept_by: list[str], **values: object) -> Spoil:
    """Adds a register."""
    return lambda raw: raw.setdefault("register", []).append({"code": code, "kept_by": kept_by, "count": list(counts), **values})


def places(**values: object) -> Spoil:
    """Adds the register of key places, whose count is written under `reached_any`."""
    return register("key_places", {"count": "places_listed", "metric": "reached_any", **values}, kept_by=["desk"])


def stations(**values: object) -> Spoil:
    """Adds the register of stations, kept by one carrier, whose count is written under `reached_any`."""
    return register("base_stations", {"count": "stations_built", "metric": "reached_any", **values}, kept_by=["red"])


def both(*spoils: Spoil) -> Spoil:
    """One change after another."""

    def spoil(raw: Raw) -> None:
        for each in spoils:
            each(raw)

    return spoil
