"""The tasks and items of a campaign at the time of a report, and what became of them since the previous one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from psycopg.rows import dict_row

from shared.database.sql import statement
from shared.domain import action_item_moves, challenges, difficulty_moves
from shared.reading.items_at import items_statement
from shared.reading.reading import Reading
from shared.reading.task_snapshot import TaskSnapshot, read_task_snapshot
from shared.tables.action_item import ActionItem
from shared.tables.case_file import CaseFile
from shared.tables.challenge import Challenge
from shared.tables.difficulty import Difficulty
from shared.tables.item import Item
from shared.vocabulary import ActionItemState, CaseState, DifficultyState, RegistryKind, TaskMove

_TASK_REVIEWS: Final = statement(__package__, "task_reviews")
_REVIEWS: Final = [TaskMove.ACCEPT, TaskMove.RETURN, TaskMove.REOPEN]
_BEFORE_EVERYTHING: Final = "-infinity"


class FollowedKind(NamedTuple):
    """A kind of item with the columns that a report needs, and the states after which nothing is to be done."""

    kind: RegistryKind
    row: type[Item]
    columns: Sequence[str]
    finished: Collection[str]

    def statement(self, *, first: bool) -> str:
        """Return the statement of the items that are unfinished or have changed; `first`: there is no previous report."""
        columns = ", ".join(f"i.{column}" for column in self.columns)
        return items_statement(__package__, "changed_items", self.kind, self.row, first=first).replace("item_columns", columns)


FOLLOWED_DIFFICULTIES: Final = FollowedKind(
    RegistryKind.DIFFICULTY,
    Difficulty,
    ("title", "category", "area", "task", "needed_by", "responsible", "due_on", "escalated_at"),
    frozenset(DifficultyState) - difficulty_moves.UNFINISHED,
)
FOLLOWED_ACTION_ITEMS: Final = FollowedKind(
    RegistryKind.ACTION_ITEM,
    ActionItem,
    ("title", "issued_by", "issued_on", "due_on", "task"),
    frozenset(ActionItemState) - action_item_moves.UNFINISHED,
)
FOLLOWED_CHALLENGES: Final = FollowedKind(
    RegistryKind.CHALLENGE,
    Challenge,
    ("metric", "area", "month", "value", "challenger", "due", "decision_due"),
    challenges.ENDED,
)

ItemRow = Mapping[str, Any]
"""A row of `changed_items.sql`."""


@dataclass(frozen=True, slots=True)
class RegistryData:
    """Tasks and items at the time of a report."""

    tasks: TaskSnapshot
    task_reviews: Sequence[ItemRow]
    difficulties: Sequence[ItemRow]
    action_items: Sequence[ItemRow]
    challenges: Sequence[ItemRow]
    case_states: Mapping[tuple[CaseState, CaseState | None], int]  # by state now and at the time of the previous report


async def read_registry_data(reading: Reading, at: datetime, since: datetime | None) -> RegistryData:
    """Read the tasks and items at a time; `since` is the time of the previous report, None if there is none."""
    first = since is None
    binds = {"campaign": reading.reader.campaign, "at": at, "since": since or _BEFORE_EVERYTHING}
    cursor = reading.connection.cursor(row_factory=dict_row)

    async def rows(sql: str, **more: Sequence[str]) -> list[dict[str, Any]]:
        return await (await cursor.execute(sql, binds | more)).fetchall()

    async def items(kind: FollowedKind) -> list[dict[str, Any]]:
        return await rows(kind.statement(first=first), finished=sorted(kind.finished))

    states = await rows(items_statement(__package__, "case_states", RegistryKind.CASE, CaseFile, first=first))
    return RegistryData(
        tasks=await read_task_snapshot(reading, at),
        task_reviews=await rows(_TASK_REVIEWS, moves=_REVIEWS),
        difficulties=await items(FOLLOWED_DIFFICULTIES),
        action_items=await items(FOLLOWED_ACTION_ITEMS),
        challenges=await items(FOLLOWED_CHALLENGES),
        case_states={
            (CaseState(row["state"]), row["earlier_state"] and CaseState(row["earlier_state"])): row["count"] for row in states
        },
    )
