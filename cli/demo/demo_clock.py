"""The clock of the demo, and the ids that it gives."""

from datetime import datetime
from itertools import count
from typing import Final
from uuid import UUID

from shared.clock import Clock
from shared.values.uuid7 import uuid7_of

PLAN_ISSUED: Final = datetime.fromisoformat("2022-07-08T09:00+08:00")
TODAY: Final = datetime.fromisoformat("2022-09-06T10:00+08:00")


class DemoClock(Clock):
    """A clock that is set and numbers its ids: the ids in the examples of the API pages are those of every demo.

    It begins on the day on which the plan is issued, and stands still on the demo's day in the end.
    """

    def __init__(self, start: datetime = PLAN_ISSUED) -> None:
        super().__init__(start)
        self._numbers = count(1)

    def new_id(self) -> UUID:
        """Return the next id of this demo, which runs in one process."""
        return uuid7_of(int(TODAY.timestamp() * 1000), next(self._numbers))
