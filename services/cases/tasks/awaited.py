"""Assignments that wait for a move of the caller's organisation."""

from datetime import datetime, timedelta
from typing import Final

from services.cases.items.awaited import AwaitedAction
from services.cases.items.call import ItemCall
from shared.domain.task_moves import TASK_MOVES, task_relations
from shared.domain.transitions import allowed_moves
from shared.reading.task_snapshot import read_assignment_moves
from shared.vocabulary import RegistryKind, TaskMove, TaskState

_AWAITED: Final = {
    TaskState.NOT_STARTED: TaskMove.REPORT_PROGRESS,
    TaskState.IN_PROGRESS: TaskMove.REPORT_DONE,
    TaskState.RETURNED: TaskMove.REPORT_DONE,
    TaskState.AWAITING_ACCEPTANCE: TaskMove.ACCEPT,
}


async def awaited_assignments(call: ItemCall, until: datetime | None) -> list[AwaitedAction]:
    """Return the reports and acceptances that are expected of the caller at the end of a day."""
    at = call.now if until is None else until - timedelta(microseconds=1)
    assignments = call.definition.assignments
    moves = await read_assignment_moves(call.connection, call.caller.campaign, call.definition, assignments.values(), at)
    found = []
    for item_id, (task, org) in assignments.items():
        state = moves[item_id][-1].state if item_id in moves else TaskState.NOT_STARTED
        relations = task_relations(task, org, call.caller.org)
        allowed = {transition.move for transition in allowed_moves(TASK_MOVES, state, call.caller.role, relations)}
        move = _AWAITED.get(state)
        if move is not None and move in allowed:
            found.append(
                AwaitedAction(
                    kind=RegistryKind.ASSIGNMENT.value,
                    key=str(item_id),
                    path=f"/v1/tasks/{task.number}/assignments/{org}",
                    org=org,
                    title=task.title.zh,
                    action=move.value,
                    label=move.title_,
                    due_on=task.due if move is not TaskMove.ACCEPT else None,
                )
            )
    return found
