"""The status of an assignment on every day around its deadlines, by a table; what is accepted is judged by its report's day."""

from datetime import date, timedelta

import pytest

from shared.campaign.blocks import Supervision, Task
from shared.domain.task_status import AssignmentMove, StatusReason, assignment_status, rolled_up
from shared.vocabulary import TaskMove, TaskReason, TaskState, TaskStatus
from tests.shared.campaign.plans import TEXT, shipped

DUE = date(2022, 8, 30)
STARTS = date(2022, 8, 1)
SUPERVISION = Supervision(starts=STARTS, warning_days=7, report_days=14)
TASK = Task.model_validate(
    {
        **dict.fromkeys(("action", "title", "content"), TEXT),
        "number": 1,
        "responsible": ["red"],
        "due": DUE,
        "indicators": ["fast_share", "reach"],
    }
)
CONTINUOUS = TASK.model_copy(update={"due": None})


def move(kind: TaskMove, state: TaskState, day: date) -> AssignmentMove:
    return AssignmentMove(kind, state, day)


def progress(day: date) -> AssignmentMove:
    return move(TaskMove.REPORT_PROGRESS, TaskState.IN_PROGRESS, day)


def done(day: date) -> AssignmentMove:
    return move(TaskMove.REPORT_DONE, TaskState.AWAITING_ACCEPTANCE, day)


def accept(day: date) -> AssignmentMove:
    return move(TaskMove.ACCEPT, TaskState.DONE, day)


def returned(day: date) -> AssignmentMove:
    return move(TaskMove.RETURN, TaskState.RETURNED, day)


def reopened(day: date) -> AssignmentMove:
    return move(TaskMove.REOPEN, TaskState.IN_PROGRESS, day)


def days(count: int) -> timedelta:
    return timedelta(days=count)


# of an assignment with these moves, the status on each of the days from the due date on (negative: before it)
BY_DAY = {
    "not_started": ([], {-29: "not_started", -15: "not_started", -14: "at_risk", -7: "at_risk", 0: "at_risk", 1: "overdue"}),
    "in_progress": (
        [progress(DUE - days(15))],
        {-15: "in_progress", -8: "in_progress", -7: "at_risk", -1: "at_risk", 0: "at_risk", 1: "overdue", 400: "overdue"},
    ),
    "reported on the last day": ([done(DUE)], {0: "awaiting_acceptance", 1: "awaiting_acceptance", 90: "awaiting_acceptance"}),
    "reported a day late": ([progress(DUE - days(9)), done(DUE + days(1))], {1: "awaiting_acceptance", 2: "awaiting_acceptance"}),
    "accepted late, reported in time": ([done(DUE), accept(DUE + days(20))], {20: "done", 400: "done"}),
    "reported late": ([done(DUE + days(1)), accept(DUE + days(1))], {1: "done_late", 400: "done_late"}),
    "returned before": ([done(DUE - days(9)), returned(DUE - days(9))], {-9: "in_progress", -8: "in_progress", -7: "at_risk"}),
    "returned after": ([done(DUE - days(2)), returned(DUE + days(3))], {3: "overdue"}),
    "returned, again in time": (
        [done(DUE - days(5)), returned(DUE - days(2)), done(DUE), accept(DUE + days(1))],
        {1: "done"},
    ),
    "returned, again late": (
        [done(DUE - days(5)), returned(DUE), done(DUE + days(2)), accept(DUE + days(3))],
        {3: "done_late"},
    ),
    "reopened": ([done(DUE - days(9)), accept(DUE - days(9)), reopened(DUE + days(5))], {5: "overdue"}),
}


@pytest.mark.parametrize("name", BY_DAY)
def test_the_status_follows_the_table_of_days(name: str) -> None:
    moves, expected = BY_DAY[name]

    statuses = {day: assignment_status(TASK, moves, SUPERVISION, (), DUE + days(day)).status for day in expected}

    assert statuses == expected


@pytest.mark.parametrize("number", range(1, 13))
def test_every_task_of_the_plan_is_at_risk_a_week_before_its_date_and_overdue_the_day_after(number: int) -> None:
    definition = shipped("liangjiang")
    task = next(task for task in definition.tasks if task.number == number)
    day_before = {TaskStatus.AT_RISK} if task.due and task.due < date(2022, 7, 16) else {TaskStatus.NOT_STARTED}  # 7 days at most

    def status(day: date) -> TaskStatus:
        return assignment_status(task, [], definition.supervision, (), day).status

    if task.due is None:
        assert status(date(2022, 7, 8)) == status(date(2022, 7, 22)) == TaskStatus.CONTINUOUS
        assert status(date(2022, 7, 23)) == TaskStatus.AT_RISK
        assert status(date(2023, 7, 23)) == TaskStatus.AT_RISK
        return
    assert {status(date(2022, 7, 8))} == day_before
    assert {status(task.due - days(offset)) for offset in range(8)} == {TaskStatus.AT_RISK}
    assert {status(task.due + days(offset)) for offset in (1, 2, 365)} == {TaskStatus.OVERDUE}


def test_each_reason_is_listed_with_its_day_or_indicator() -> None:
    found = assignment_status(TASK, [progress(STARTS)], SUPERVISION, {"reach", "cases"}, DUE - days(7))

    assert found.reasons == (
        StatusReason(TaskReason.DUE_SOON, day=DUE),
        StatusReason(TaskReason.FORECAST_MISSED, indicator="reach"),
        StatusReason(TaskReason.NO_REPORT, day=STARTS),
    )
    assert (found.days_left, found.reported_on, found.reported_done_on, found.accepted_on) == (7, STARTS, None, None)


def test_a_returned_assignment_says_so_and_the_days_without_a_report_count_from_the_return() -> None:
    moves = [done(STARTS), returned(STARTS + days(10))]

    later = [assignment_status(CONTINUOUS, moves, SUPERVISION, (), STARTS + days(10 + passed)) for passed in (0, 14, 15)]

    assert [status.status for status in later] == ["continuous", "continuous", "at_risk"]
    assert later[0].reasons == (StatusReason(TaskReason.RETURNED, day=STARTS + days(10)),)
    assert later[2].reasons[0] == StatusReason(TaskReason.NO_REPORT, day=STARTS)


@pytest.mark.parametrize(("passed", "status"), [(14, "in_progress"), (15, "at_risk")])
def test_fourteen_whole_days_without_a_report_are_too_many(passed: int, status: str) -> None:
    task = TASK.model_copy(update={"due": DUE + days(100)})

    assert assignment_status(task, [progress(DUE)], SUPERVISION, (), DUE + days(passed)).status == status


def test_without_a_first_day_nothing_is_awaited_before_the_first_move() -> None:
    plan = Supervision(warning_days=0)

    assert assignment_status(CONTINUOUS, [], plan, (), date(2030, 1, 1)).status == TaskStatus.CONTINUOUS
    assert assignment_status(TASK, [], plan, (), DUE - days(1)).status == TaskStatus.NOT_STARTED
    assert assignment_status(TASK, [], plan, (), DUE).status == TaskStatus.AT_RISK


def test_a_forecast_neither_closes_nor_blocks_what_was_reported() -> None:
    waiting = assignment_status(TASK, [done(STARTS)], SUPERVISION, {"reach"}, DUE + days(5))
    accepted = assignment_status(TASK, [done(STARTS), accept(DUE + days(5))], SUPERVISION, {"reach"}, DUE + days(5))

    assert (waiting.status, waiting.reasons, waiting.days_left) == (TaskStatus.AWAITING_ACCEPTANCE, (), None)
    assert (accepted.status, accepted.accepted_on) == (TaskStatus.DONE, DUE + days(5))


def test_what_was_reported_late_says_so_before_and_after_it_is_accepted() -> None:
    late = [done(DUE + days(1))]

    for moves in (late, [*late, accept(DUE + days(2))]):
        found = assignment_status(TASK, moves, SUPERVISION, (), DUE + days(2))
        assert found.reasons == (StatusReason(TaskReason.REPORTED_LATE, day=DUE),)
        assert found.reported_done_on == DUE + days(1)


def test_a_task_shows_the_most_urgent_status_of_its_assignments() -> None:
    shown, counts = rolled_up([TaskStatus.DONE, TaskStatus.AT_RISK, TaskStatus.DONE])

    assert shown == TaskStatus.AT_RISK
    assert {status: count for status, count in counts.items() if count} == {TaskStatus.DONE: 2, TaskStatus.AT_RISK: 1}
    assert rolled_up([TaskStatus.DONE, TaskStatus.DONE_LATE])[0] == TaskStatus.DONE_LATE
    assert rolled_up([TaskStatus.DONE])[0] == TaskStatus.DONE
