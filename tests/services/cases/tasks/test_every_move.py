"""Every state × move × caller of an assignment is answered as the plan and the table of access say.

Callers stand for a role and a relation: responsible, lead, cooperating, or none.
"""

import itertools
from typing import Final

import pytest

from shared.domain.task_moves import TASK_MOVES, may_see_assignment, task_relations
from shared.domain.transitions import Relation, allowed_moves, fields_of
from shared.vocabulary import Role, TaskMove, TaskState
from tests.services.cases.tasks.conftest import TasksApi

REPORTING: Final = {Role.CARRIER, Role.STREET, Role.BUREAU, Role.TASK_FORCE}
RELATIONS: Final = (Relation.RESPONSIBLE, Relation.LEAD, Relation.COOPERATING)

# move: the states that it starts from, and the state it leads to
STATES: Final = {
    TaskMove.REPORT_PROGRESS: ("not_started in_progress returned", "in_progress"),
    TaskMove.REPORT_DONE: ("in_progress returned", "awaiting_acceptance"),
    TaskMove.ACCEPT: ("awaiting_acceptance", "done"),
    TaskMove.RETURN: ("awaiting_acceptance", "returned"),
    TaskMove.REOPEN: ("done", "in_progress"),
}


def may(move: TaskMove, role: Role, relations: frozenset[Relation]) -> bool:
    """Return whether a caller may make a move in some state, by the plan's words."""
    own = Relation.RESPONSIBLE in relations
    if move in {TaskMove.REPORT_PROGRESS, TaskMove.REPORT_DONE}:
        return own and role in REPORTING
    if own:
        return False
    return role is Role.TASK_FORCE or (move is not TaskMove.REOPEN and role is Role.BUREAU and Relation.LEAD in relations)


def test_the_table_has_exactly_the_moves_of_the_plan() -> None:
    subsets = [frozenset(chosen) for size in range(4) for chosen in itertools.combinations(RELATIONS, size)]
    for state, role, relations in itertools.product(TaskState, Role, subsets):
        offered = {transition.move: transition.to for transition in allowed_moves(TASK_MOVES, state, role, relations)}

        assert offered == {
            move: to for move, (origins, to) in STATES.items() if state in origins.split() and may(move, role, relations)
        }


def test_a_carrier_sees_no_rival_and_a_subdistrict_what_it_takes_part_in() -> None:
    for role, relation in itertools.product(Role, (*RELATIONS, None)):
        relations = frozenset({relation} if relation else ())

        expected = {Role.CARRIER: relation is Relation.RESPONSIBLE, Role.STREET: relation is not None}.get(role, True)

        assert may_see_assignment(role, relations) == expected


# callers of telecom's assignments of task 2 (led by the economy bureau, subdistricts cooperate) and their relation to them
CALLERS: Final = {
    "telecom": Role.CARRIER,  # responsible
    "mobile": Role.CARRIER,  # responsible for the same task, beside it
    "tower": Role.CARRIER,
    "renhe": Role.STREET,  # cooperates
    "economy": Role.BUREAU,  # leads
    "industry": Role.BUREAU,
    "task_force": Role.TASK_FORCE,
    "leading_group": Role.LEADER,
    "regulator": Role.REGULATOR,
}
WAY: Final[dict[TaskState, tuple[tuple[str, str], ...]]] = {
    TaskState.NOT_STARTED: (),
    TaskState.IN_PROGRESS: (("telecom", "report_progress"),),
    TaskState.AWAITING_ACCEPTANCE: (("telecom", "report_progress"), ("telecom", "report_done")),
    TaskState.RETURNED: (("telecom", "report_progress"), ("telecom", "report_done"), ("economy", "return")),
    TaskState.DONE: (("telecom", "report_progress"), ("telecom", "report_done"), ("task_force", "accept")),
}


@pytest.mark.parametrize("state", TaskState)
async def test_each_caller_is_offered_its_moves_and_refused_all_others(tasks: TasksApi, state: TaskState) -> None:
    tasks.on("2022-07-20")
    task = tasks.definition.tasks[1]
    measures = [{"code": measure.code, "state": "done", "evidence": "清单"} for measure in task.measures]
    values = {"text": "进展", "reason": "理由", "measures": measures}
    for who, move in WAY[state]:
        required = {field.name: values[field.name] for field in fields_of(TASK_MOVES, TaskMove(move)) if field.required}
        extra = {"measures": measures} if move == "report_done" else {}
        await tasks.move_ok(who, 2, "telecom", move, **required, **extra)
    revision = len(WAY[state]) + 1

    for who, role in CALLERS.items():
        relations = task_relations(task, "telecom", "industry" if who == "task_force" else who)
        read = await tasks.get(who, "/2/assignments/telecom")
        visible = may_see_assignment(role, relations)
        assert read.status_code == (200 if visible else 404), who
        allowed = {move for move, (origins, _) in STATES.items() if state in origins.split() and may(move, role, relations)}
        if visible:
            assert {action["move"] for action in read.json()["actions"]} == allowed, who
        for move in set(TaskMove) - allowed:
            fields = {field.name: values[field.name] for field in fields_of(TASK_MOVES, move) if field.required}
            answer = await tasks.move(who, 2, "telecom", move, revision=revision, **fields)
            ever = may(move, role, relations)
            no_grant = role in {Role.LEADER, Role.REGULATOR}
            expected = 403 if no_grant else 404 if not visible else 409 if ever else 403
            assert answer.status_code == expected, (who, move, answer.text)
    assert (await tasks.get_ok("telecom", "/2/assignments/telecom"))["revision"] == revision
