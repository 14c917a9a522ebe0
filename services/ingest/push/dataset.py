"""What the engine of pushes asks of a dataset: to read rows into a stage, to judge them, and to write them."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol

from psycopg import AsyncConnection

from services.ingest.push.request import Push, PushContext
from services.ingest.push.row_errors import Faults
from services.ingest.push.turn import Turn
from services.ingest.quality.overlay import Overlay
from services.ingest.quality.standing import Standing
from services.ingest.submissions.reopened_parts import ReopenedMonths
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Later


class Written(NamedTuple):
    """How many rows a push created, changed and took back. Unchanged rows write nothing."""

    created: int
    updated: int
    retracted: int


class Taken(Protocol):
    """What came in."""

    @property
    def received(self) -> int:
        """Rows that hold data, good and bad."""

    @property
    def merged(self) -> int:
        """Rows that say the same as an earlier one."""

    @property
    def blank(self) -> int:
        """Rows whose value was left empty."""

    @property
    def months(self) -> Sequence[date]:
        """The months it touches."""

    def normalised(self) -> list[dict[str, object]]:
        """What was read generously, a line a kind."""

    def foreseen(self) -> Overlay | None:
        """What the push does to the counts that stand, where it can be told before it is done."""


class Staged(Protocol):
    """A push whose rows were read. What is wrong with them stands in the faults it was read with."""

    @property
    def intake(self) -> Taken:
        """What came in."""

    async def judge(self, connection: AsyncConnection, standing: Standing, reopened: ReopenedMonths) -> None:
        """Refuse what contradicts itself or would break a rule, on the state the push would leave. The head is locked.

        `standing` reads counts, maybe beside the connection. Of months that were opened again for what was named, nothing else
        may change.
        """

    async def write(self, connection: AsyncConnection, version: int, *, filled: bool) -> Later[Written]:
        """Write what was not refused under a version; what that was can be told once the answers are there.

        `filled`: whether the organisation has counts in any of the months.
        """


class Dataset(Protocol):
    """A kind of rows that organisations push."""

    @property
    def name(self) -> str:
        """As imports name it."""

    @property
    def refers(self) -> bool:
        """Whether its rows refer to what other organisations list."""

    @property
    def copies(self) -> bool:
        """Whether it puts rows into a temporary table, however few they are."""

    async def stage(self, turn: Turn, context: PushContext, asked: Push, definition: AppliedDefinition, faults: Faults) -> Staged:
        """Read the body. The head is not locked, unless something is written ahead."""
