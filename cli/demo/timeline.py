"""The events of the demo, each on its day."""

from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import groupby
from typing import Final, NamedTuple

from cli.demo.demo_clock import TODAY, DemoClock

_YEAR: Final = "2022"


class Event(NamedTuple):
    """An event of a day."""

    day: str  # month and day, such as 08-04
    act: Callable[[], object]


def play(events: Iterable[Event], clock: DemoClock) -> None:
    """Let everything happen in the order of days; those of one day stay in their order. The clock ends on the demo's day."""
    for day, on_day in groupby(sorted(events, key=lambda event: event.day), lambda event: event.day):
        clock.fixed = datetime.fromisoformat(f"{_YEAR}-{day}T10:00+08:00")
        for event in on_day:
            event.act()
    clock.fixed = TODAY
