"""The cells that indicators read: what was reported for a month, and what was owed. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple

Place = tuple[str, int]
"""An organisation and an area by number: where a metric's count stands within a month."""


CASES: Final = 0
"""Where approved cases stand among the metrics: no metric has this number."""
CASES_PLACE: Final[Place] = ("*", 0)


class Fact(NamedTuple):
    """One count that a month's summary reads."""

    value: int
    month: date  # its own month; older than the month asked for references only
    accepted: bool  # the organisation's month was accepted


Facts = Mapping[int, Mapping[Place, Fact]]
"""By metric number, then by place."""


@dataclass(frozen=True, slots=True)
class Owed:
    """Where one metric is expected in a month.

    `voluntary` places are expected only of organisations that reported another input of the same indicator.
    """

    metric: int
    code: str
    places: tuple[Place, ...]
    voluntary: tuple[Place, ...]
    by_area: bool  # counted by street, not once for the campaign's area
    derived: bool  # written from registers, by no organisation
    orgs: frozenset[str]  # of all these places

    def expected(self, facts: Facts, inputs: Iterable[int]) -> tuple[Place, ...]:
        """The places that must hold a count for a figure over `inputs` (metric numbers) to be complete."""
        if not self.voluntary:
            return self.places
        active = {org for metric in inputs for org, _ in facts.get(metric, ())}
        return self.places + tuple(place for place in self.voluntary if place[0] in active)
