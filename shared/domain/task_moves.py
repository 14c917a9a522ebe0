"""The moves of a task's assignments, and the assignments that an organisation may see."""

from collections.abc import Sequence
from typing import Final

from shared.campaign.blocks import Task
from shared.domain.transitions import By, Editing, Expectation, MoveField, Relation, Transition
from shared.vocabulary import Role, TaskMove, TaskState

_RESPONSIBLE: Final = By(
    frozenset({Role.CARRIER, Role.STREET, Role.BUREAU, Role.TASK_FORCE}), related=frozenset({Relation.RESPONSIBLE})
)
_LEAD: Final = By(frozenset({Role.BUREAU}), related=frozenset({Relation.LEAD}), unrelated=frozenset({Relation.RESPONSIBLE}))
_TASK_FORCE: Final = By(frozenset({Role.TASK_FORCE}), unrelated=frozenset({Relation.RESPONSIBLE}))
_REPORT: Final = (MoveField("text"), MoveField("measures", required=False))

TASK_MOVES: Final[Sequence[Transition[TaskState, TaskMove]]] = (
    Transition(
        move=TaskMove.REPORT_PROGRESS,
        origins=frozenset({TaskState.NOT_STARTED, TaskState.IN_PROGRESS, TaskState.RETURNED}),
        to=TaskState.IN_PROGRESS,
        by=(_RESPONSIBLE,),
        fields=_REPORT,
    ),
    Transition(
        move=TaskMove.REPORT_DONE,
        origins=frozenset({TaskState.IN_PROGRESS, TaskState.RETURNED}),
        to=TaskState.AWAITING_ACCEPTANCE,
        by=(_RESPONSIBLE,),
        fields=_REPORT,
    ),
    Transition(
        move=TaskMove.ACCEPT,
        origins=frozenset({TaskState.AWAITING_ACCEPTANCE}),
        to=TaskState.DONE,
        by=(_LEAD, _TASK_FORCE),
        fields=(MoveField("reason", required=False),),
    ),
    Transition(
        move=TaskMove.RETURN,
        origins=frozenset({TaskState.AWAITING_ACCEPTANCE}),
        to=TaskState.RETURNED,
        by=(_LEAD, _TASK_FORCE),
        fields=(MoveField("reason"),),
    ),
    Transition(
        move=TaskMove.REOPEN,
        origins=frozenset({TaskState.DONE}),
        to=TaskState.IN_PROGRESS,
        by=(_TASK_FORCE,),
        fields=(MoveField("reason"),),
    ),
)

TASK_EXPECTATIONS: Final[Sequence[Expectation[TaskState, TaskMove]]] = (
    Expectation(origins=frozenset({TaskState.NOT_STARTED}), moves=(TaskMove.REPORT_PROGRESS,)),
    Expectation(origins=frozenset({TaskState.IN_PROGRESS, TaskState.RETURNED}), moves=(TaskMove.REPORT_DONE,)),
    Expectation(origins=frozenset({TaskState.AWAITING_ACCEPTANCE}), moves=(TaskMove.ACCEPT, TaskMove.RETURN)),
)

TASK_EDITS: Final[Sequence[Editing[TaskState]]] = (
    Editing(origins=frozenset(TaskState) - {TaskState.DONE}, by=(_RESPONSIBLE,), fields=frozenset({"milestones"})),
)


def task_relations(task: Task, responsible: str, org: str) -> frozenset[Relation]:
    """Return the relations of an organisation to the assignment of a task to a responsible one."""
    held = {
        Relation.RESPONSIBLE: org == responsible,
        Relation.LEAD: org in task.lead,
        Relation.COOPERATING: org in task.cooperating,
    }
    return frozenset(relation for relation, holds in held.items() if holds)


def may_see_assignment(role: Role, relations: frozenset[Relation]) -> bool:
    """Return whether a caller may see an assignment.

    A carrier sees its own only, because the others are its competitors'; a subdistrict office also those that it cooperates in.
    """
    if role is Role.CARRIER:
        return Relation.RESPONSIBLE in relations
    return role is not Role.STREET or bool(relations)
