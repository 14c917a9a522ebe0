"""The status of tasks on a day, from their moves, their due dates and the forecasts of their indicators."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, NamedTuple

from shared.campaign.blocks import Supervision, Task
from shared.vocabulary import TaskMove, TaskReason, TaskState, TaskStatus

_REPORTS: Final = frozenset({TaskMove.REPORT_PROGRESS, TaskMove.REPORT_DONE})


class AssignmentMove(NamedTuple):
    """A move of an assignment."""

    move: TaskMove
    state: TaskState  # after the move
    day: date  # in the campaign's timezone


@dataclass(frozen=True, slots=True)
class StatusReason:
    """A reason for a status."""

    code: TaskReason
    indicator: str | None = None  # the one that will miss its target
    day: date | None = None  # the due date, of the latest report, or of the return


@dataclass(frozen=True, slots=True)
class AssignmentStatus:
    """The status of an assignment on a day."""

    status: TaskStatus
    state: TaskState
    reasons: tuple[StatusReason, ...]
    days_left: int | None  # to the due date, negative after it; None: without a due date, or reported done
    reported_on: date | None  # the latest report
    reported_done_on: date | None  # while it waits for acceptance or is done
    accepted_on: date | None  # while it is done


def assignment_status(
    task: Task, moves: Sequence[AssignmentMove], supervision: Supervision, missed: Collection[str], today: date
) -> AssignmentStatus:
    """Return the status of one organisation's assignment on a day.

    `moves` are those made up to that day, in order; `missed` the indicators of the task that are forecast to miss their targets.
    What counts as in time is the day of the report that was accepted, not the day on which somebody found time to accept it.
    """
    state = moves[-1].state if moves else TaskState.NOT_STARTED
    reported_on = _latest(moves, _REPORTS)
    reported_done = state in {TaskState.AWAITING_ACCEPTANCE, TaskState.DONE}
    reported_done_on = _latest(moves, {TaskMove.REPORT_DONE}) if reported_done else None
    late = task.due is not None and reported_done_on is not None and reported_done_on > task.due
    if reported_done:
        status = _reported_status(state, late=late)
        reasons = [StatusReason(TaskReason.REPORTED_LATE, day=task.due)] if late else []
    else:
        reasons = list(_reasons(task, moves, supervision, missed, today))
        status = _open_status(task, state, {reason.code for reason in reasons})
    return AssignmentStatus(
        status=status,
        state=state,
        reasons=tuple(reasons),
        days_left=None if task.due is None or reported_done else (task.due - today).days,
        reported_on=reported_on,
        reported_done_on=reported_done_on,
        accepted_on=moves[-1].day if state is TaskState.DONE else None,
    )


def rolled_up(statuses: Iterable[TaskStatus]) -> tuple[TaskStatus, Mapping[TaskStatus, int]]:
    """Return the most urgent status of a task's assignments, of which there is one at least, and how many have each."""
    counts = Counter(statuses)
    return next(status for status in TaskStatus if counts[status]), {status: counts[status] for status in TaskStatus}


def _latest(moves: Sequence[AssignmentMove], kinds: Collection[TaskMove]) -> date | None:
    return next((made.day for made in reversed(moves) if made.move in kinds), None)


def _reported_status(state: TaskState, *, late: bool) -> TaskStatus:
    if state is TaskState.AWAITING_ACCEPTANCE:
        return TaskStatus.AWAITING_ACCEPTANCE
    return TaskStatus.DONE_LATE if late else TaskStatus.DONE


def _reasons(
    task: Task, moves: Sequence[AssignmentMove], supervision: Supervision, missed: Collection[str], today: date
) -> Iterable[StatusReason]:
    """Yield the reasons for the status of an assignment that is not reported done."""
    if task.due is not None and today > task.due:
        yield StatusReason(TaskReason.DUE_PASSED, day=task.due)
    elif task.due is not None and today >= task.due - timedelta(days=supervision.warning_days):
        yield StatusReason(TaskReason.DUE_SOON, day=task.due)
    for indicator in task.indicators:
        if indicator in missed:
            yield StatusReason(TaskReason.FORECAST_MISSED, indicator=indicator)
    awaited_since = moves[-1].day if moves else supervision.starts
    if awaited_since is not None and (today - awaited_since).days > supervision.report_days:
        yield StatusReason(TaskReason.NO_REPORT, day=_latest(moves, _REPORTS))
    if moves and moves[-1].state is TaskState.RETURNED:
        yield StatusReason(TaskReason.RETURNED, day=moves[-1].day)


def _open_status(task: Task, state: TaskState, reasons: Collection[TaskReason]) -> TaskStatus:
    if TaskReason.DUE_PASSED in reasons:
        return TaskStatus.OVERDUE
    if any(reason is not TaskReason.RETURNED for reason in reasons):
        return TaskStatus.AT_RISK
    if task.due is None:
        return TaskStatus.CONTINUOUS
    return TaskStatus.NOT_STARTED if state is TaskState.NOT_STARTED else TaskStatus.IN_PROGRESS
