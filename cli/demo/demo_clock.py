"""The clock of the demo, and the ids that it gives."""

from datetime import datetime
from itertools import count
from typing import Final
from uuid import UUID

from shared.clock import Clock
from shared.values.uuid7 import uuid7_of

TODAY: Final = datetime.fromisoformat("2022-09-06T10:00+08:00")


class DemoClock(Clock):
    """A clock that stands still and numbers its ids: the ids in the examples of the API pages are those of every demo."""

    def __init__(self) -> None:
        super().__init__(TODAY)
        self._numbers = count(1)

    def new_id(self) -> UUID:
        """Return the next id of this demo, which runs in one process."""
        return uuid7_of(int(TODAY.timestamp() * 1000), next(self._numbers))
