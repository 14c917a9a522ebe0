"""Months that an organisation must submit or decide about, and requests to reopen them, at the end of a day."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

from psycopg.rows import dict_row

from services.cases.items.awaited import AwaitedAction
from services.cases.items.call import ItemCall
from shared.campaign.applied import AppliedDefinition
from shared.database.sql import statement
from shared.domain.lifecycle import SUBMISSION_MOVES, Condition, available_moves
from shared.values.bilingual import Bilingual
from shared.values.months import month_text, next_month, previous_month
from shared.vocabulary import RegistryKind, Role, SubmissionMove, SubmissionState

MONTHS_BACK: Final = 12  # of a campaign without a first month, whose months are open for ever
_DECISION: Final = Bilingual(zh="处理重新开放申请", en="decide about the request")
_SUBMISSIONS: Final = statement(__package__, "submissions_at")
_REOPENINGS: Final = statement(__package__, "reopenings_at")


async def awaited_months(call: ItemCall, until: datetime | None) -> list[AwaitedAction]:
    """Return the months that the caller must submit, accept or return, and the requests that it must decide about."""
    binds = {"campaign": call.caller.campaign, "until": until}
    rows = await (await call.connection.cursor(row_factory=dict_row).execute(_SUBMISSIONS, binds)).fetchall()
    states = {(row["org"], row["month"]): SubmissionState(row["state"]) for row in rows}
    own, definition = call.caller.org, call.definition
    for month in _ended_months(definition, call.today):
        if any(own in definition.owing(metric, month) for metric in definition.reported_in(month)):
            states.setdefault((own, month), SubmissionState.OPEN)
    found = [_month(call, org, month, move) for (org, month), state in states.items() for move in _moves(call, org, month, state)]
    if call.caller.role in (Role.BUREAU, Role.TASK_FORCE):
        rows = await (await call.connection.cursor(row_factory=dict_row).execute(_REOPENINGS, binds)).fetchall()
        found += [_reopening(row) for row in rows if row["org"] != own and _decides(call, row["org"])]
    return found


def _ended_months(definition: AppliedDefinition, today: date) -> Iterator[date]:
    """Yield the months that take counts and have ended, the latest first."""
    month = previous_month(today.replace(day=1))
    for _ in range(MONTHS_BACK):
        if definition.calendar.first_month is None or month >= definition.calendar.first_month:
            yield month
        month = previous_month(month)


def _moves(call: ItemCall, org: str, month: date, state: SubmissionState) -> list[SubmissionMove]:
    """Return the move that a month waits for, if the caller may make it."""
    awaited = {
        SubmissionState.OPEN: SubmissionMove.SUBMIT,
        SubmissionState.RETURNED: SubmissionMove.SUBMIT,
        SubmissionState.SUBMITTED: SubmissionMove.ACCEPT,
    }
    allowed = available_moves(
        SUBMISSION_MOVES,
        state,
        call.caller.role,
        own=org == call.caller.org,
        standing_in=_stands_in(call, org),
        given=frozenset({Condition.MONTH_ENDED} if call.today >= next_month(month) else ()),
    )
    return [move for move in allowed if move is awaited.get(state)]


def _month(call: ItemCall, org: str, month: date, move: SubmissionMove) -> AwaitedAction:
    return AwaitedAction(
        kind=RegistryKind.MONTH.value,
        key=f"{month_text(month)} {org}",
        path=f"/v1/submissions/{org}/{month_text(month)}",
        org=org,
        title=month_text(month),
        action=move.value,
        label=move.title_,
        due_on=call.definition.calendar.due(month) if move is SubmissionMove.SUBMIT else None,
    )


def _reopening(row: dict[str, Any]) -> AwaitedAction:
    """Return the decision about a request; granting it is a move of the month."""
    month = month_text(row["month"])
    return AwaitedAction(
        kind=RegistryKind.REOPENING.value,
        key=str(row["id"]),
        path=f"/v1/submissions/{row['org']}/{month}/reopenings/{row['id']}",
        org=row["org"],
        title=month,
        action="decide",
        label=_DECISION,
        due_on=None,
    )


def _stands_in(call: ItemCall, org: str) -> bool:
    """Return whether bureaus decide about an organisation's month because no other organisation is the task force."""
    return not call.definition.other_has(Role.TASK_FORCE, org)


def _decides(call: ItemCall, org: str) -> bool:
    return call.caller.role is Role.TASK_FORCE or _stands_in(call, org)
