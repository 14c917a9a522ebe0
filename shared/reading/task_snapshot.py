"""The tasks at one time, as one caller sees them: the status of each assignment, and the indicators."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from psycopg import AsyncConnection

from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import Task
from shared.campaign.definition import Assignment, assignment_id
from shared.database.sql import statement
from shared.domain.task_moves import may_see_assignment, task_relations
from shared.domain.task_status import AssignmentMove, AssignmentStatus, assignment_status, rolled_up
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.reading.assignment_status import status_document
from shared.reading.items_at import items_statement
from shared.reading.reading import Reading
from shared.reading.task_indicators import TaskIndicator, TaskIndicators, read_task_indicators
from shared.tables.difficulty import Difficulty
from shared.values.months import month_text
from shared.vocabulary import RegistryKind, TaskMove, TaskState

_MOVES: Final = statement(__package__, "assignment_moves")
_OPEN_DIFFICULTIES: Final = items_statement(__package__, "open_difficulties", RegistryKind.DIFFICULTY, Difficulty)


@dataclass(frozen=True, slots=True)
class TaskSnapshot:
    """The tasks at one time."""

    reader: Principal
    definition: AppliedDefinition
    day: date  # in the campaign's time zone
    moves: Mapping[UUID, Sequence[AssignmentMove]]
    indicators: TaskIndicators | None  # None: the reader does not see them
    open_difficulties: Mapping[int, int] | None  # by task; None: the reader does not see all of them

    def assignments_of(self, task: Task) -> list[Assignment]:
        """Return the assignments of a task that the reader sees."""
        return [Assignment(task, org) for org in task.responsible if sees_assignment(self.reader, Assignment(task, org))]

    def status(self, assignment: Assignment) -> AssignmentStatus:
        """Return the status of an assignment."""
        task, org = assignment
        moves = self.moves.get(assignment_id(task.number, org), ())
        missed = {indicator.line.indicator.code for indicator in self.indicators_of(task) or () if indicator.will_miss}
        return assignment_status(task, moves, self.definition.supervision, missed, self.day)

    def indicators_of(self, task: Task) -> Sequence[TaskIndicator] | None:
        """Return the indicators of a task; None if the reader does not see them."""
        return None if self.indicators is None else self.indicators[task.number]

    def task_document(self, task: Task) -> dict[str, Any]:
        """Return a task as `ListedTask` describes it."""
        statuses = {assignment.org: self.status(assignment) for assignment in self.assignments_of(task)}
        status, counts = rolled_up(assigned.status for assigned in statuses.values()) if statuses else (None, {})
        is_reported = bool(statuses) and all(assigned.reported_done_on is not None for assigned in statuses.values())
        return {
            **task.model_dump(include={"number", "action", "title", "lead", "responsible", "cooperating", "due"}),
            "status": status,
            "days_left": None if task.due is None or is_reported else (task.due - self.day).days,
            "open_difficulties": None if self.open_difficulties is None else self.open_difficulties.get(task.number, 0),
            "counts": [{"status": name, "count": count} for name, count in counts.items() if count],
            "assignments": [{"org": org, **status_document(assigned)} for org, assigned in statuses.items()],
        }

    def indicator_documents(self, task: Task) -> list[dict[str, Any]] | None:
        """Return the indicators of a task as `TaskIndicator` describes them."""
        indicators = self.indicators_of(task)
        return None if indicators is None else [self._indicator(indicator) for indicator in indicators]

    def _indicator(self, indicator: TaskIndicator) -> dict[str, Any]:
        line = indicator.line
        blocks = self.definition.indicators_of(line.month)
        return {
            "indicator": line.indicator.code,
            "title": next(block.title for block in blocks if block.code == line.indicator.code).model_dump(),
            "month": month_text(line.month),
            "value": line.deciding.value,
            "display": line.deciding.display,
            "unit": line.indicator.unit,
            "status": line.deciding.status,
            "target": _target(indicator),
        }


async def read_task_snapshot(reading: Reading, at: datetime) -> TaskSnapshot:
    """Read the tasks at a time; `reading` is at the data version of that time."""
    visible = [
        assignment for assignment in reading.definition.assignments.values() if sees_assignment(reading.reader, assignment)
    ]
    sees_everything = reading.reader.role not in CARRIERS_AND_STREETS
    return TaskSnapshot(
        reader=reading.reader,
        definition=reading.definition,
        day=at.astimezone(ZoneInfo(reading.definition.campaign.timezone)).date(),
        moves=await read_assignment_moves(reading.connection, reading.reader.campaign, reading.definition, visible, at),
        indicators=await read_task_indicators(reading) if sees_everything else None,
        open_difficulties=await _open_difficulties(reading, at) if sees_everything else None,
    )


async def read_assignment_moves(
    connection: AsyncConnection,
    campaign: str,
    definition: AppliedDefinition,
    assignments: Iterable[Assignment],
    at: datetime,
) -> Mapping[UUID, Sequence[AssignmentMove]]:
    """Read the moves of assignments up to a time, those of each in order."""
    timezone = ZoneInfo(definition.campaign.timezone)
    binds = {"campaign": campaign, "orgs": sorted({assignment.org for assignment in assignments}), "at": at}
    moves: dict[UUID, list[AssignmentMove]] = defaultdict(list)
    for item_id, move, state, made_at in await (await connection.execute(_MOVES, binds)).fetchall():
        moves[item_id].append(AssignmentMove(TaskMove(move), TaskState(state), made_at.astimezone(timezone).date()))
    return moves


async def _open_difficulties(reading: Reading, at: datetime) -> dict[int, int]:
    binds = {"campaign": reading.reader.campaign, "at": at}
    return dict(await (await reading.connection.execute(_OPEN_DIFFICULTIES, binds)).fetchall())


def sees_assignment(reader: Principal, assignment: Assignment) -> bool:
    """Return whether a caller sees an assignment."""
    return may_see_assignment(reader.role, task_relations(assignment.task, assignment.org, reader.org))


def _target(indicator: TaskIndicator) -> dict[str, Any] | None:
    target, progress, deadline = indicator.target, indicator.progress, indicator.deadline
    if target is None or progress is None or deadline is None:
        return None
    return {
        "value": target.number,
        "due": target.due,
        "kind": target.kind,
        "status": progress.status,
        "gap": progress.gap,
        "deadline": deadline.state,
        "first_met_month": month_text(deadline.first_met_month) if deadline.first_met_month else None,
        "forecast": progress.forecast.state,
    }
