"""The tasks and items of a campaign at the time of a report, and what became of them since the previous one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

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
from shared.vocabulary import ActionItemState, CaseState, DifficultyState, RegistryKind, TaskMove

_DIFFICULTIES: Final = items_statement(__package__, "changed_items", RegistryKind.DIFFICULTY, Difficulty)
_ACTION_ITEMS: Final = items_statement(__package__, "changed_items", RegistryKind.ACTION_ITEM, ActionItem)
_CHALLENGES: Final = items_statement(__package__, "changed_items", RegistryKind.CHALLENGE, Challenge)
_CASE_STATES: Final = items_statement(__package__, "case_states", RegistryKind.CASE, CaseFile)
_TASK_REVIEWS: Final = statement(__package__, "task_reviews")
_REVIEWS: Final = [TaskMove.ACCEPT, TaskMove.RETURN, TaskMove.REOPEN]
_BEFORE_EVERYTHING: Final = "-infinity"

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


async def read_registry_data(read: Reading, at: datetime, since: datetime | None) -> RegistryData:
    """Read the tasks and items at a time; `since` is the time of the previous report, None if there is none."""
    binds = {"campaign": read.reader.campaign, "at": at, "since": since or _BEFORE_EVERYTHING}
    cursor = read.connection.cursor(row_factory=dict_row)

    async def rows(sql: str, **more: Sequence[str]) -> list[dict[str, Any]]:
        return await (await cursor.execute(sql, binds | more)).fetchall()

    states = await rows(_CASE_STATES)
    return RegistryData(
        tasks=await read_task_snapshot(read, at),
        task_reviews=await rows(_TASK_REVIEWS, moves=_REVIEWS),
        difficulties=await rows(_DIFFICULTIES, finished=sorted(frozenset(DifficultyState) - difficulty_moves.UNFINISHED)),
        action_items=await rows(_ACTION_ITEMS, finished=sorted(frozenset(ActionItemState) - action_item_moves.UNFINISHED)),
        challenges=await rows(_CHALLENGES, finished=sorted(challenges.ENDED)),
        case_states={
            (CaseState(row["state"]), row["earlier_state"] and CaseState(row["earlier_state"])): row["count"] for row in states
        },
    )
