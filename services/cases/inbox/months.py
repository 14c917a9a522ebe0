"""Months that an organisation must submit or decide about, and requests to reopen them, now or at an earlier time."""

from datetime import date, datetime
from functools import partial
from typing import Any, Final
from zoneinfo import ZoneInfo

from psycopg.rows import dict_row

from services.cases.items.awaited import AwaitedAction
from services.cases.items.call import ItemCall
from shared.campaign.applied import AppliedDefinition, cached_on_definition
from shared.database.sql import statement
from shared.domain.submission_moves import (
    REOPENING_EXPECTATIONS,
    REOPENING_MOVES,
    SUBMISSION_EXPECTATIONS,
    SUBMISSION_MOVES,
    Condition,
    relations_to_month,
)
from shared.domain.transitions import allowed_moves, expectation_of, expected_of
from shared.values.months import month_range, month_text, next_month, previous_month
from shared.vocabulary import RegistryKind, ReopeningState, SubmissionMove, SubmissionState, Term

_BEGAN: Final = "SELECT at FROM ledger WHERE campaign = %s ORDER BY version LIMIT 1"
_SUBMISSIONS: Final = statement(__package__, "submissions_at")
_REOPENINGS: Final = statement(__package__, "reopenings_at")


async def awaited_months(call: ItemCall, at: datetime | None) -> list[AwaitedAction]:
    """Return the months that the caller must submit, accept or return, and the requests that it must decide about."""
    states = await submission_states(call)
    own, definition = call.caller.org, call.definition
    for month in month_range(await first_month(call), previous_month(call.today.replace(day=1))):
        if _owes(definition, own, month):
            states.setdefault((own, month), SubmissionState.OPEN)
    actions = {(org, month): _expected(call, org, month, state) for (org, month), state in states.items()}
    binds = {"campaign": call.caller.campaign, "at": at}
    rows = await (await call.connection.cursor(row_factory=dict_row).execute(_REOPENINGS, binds)).fetchall()
    return [
        *(_month(call, org, month, action) for (org, month), action in actions.items() if action),
        *(decision for row in rows if (decision := _reopening(call, row))),
    ]


@cached_on_definition(1_024)
def _owes(definition: AppliedDefinition, org: str, month: date) -> bool:
    """Return whether an organisation must report counts of a month."""
    return any(org in definition.orgs_required(metric, month) for metric in definition.reported_in(month))


async def submission_states(call: ItemCall) -> dict[tuple[str, date], SubmissionState]:
    """Return the state of each month that an organisation has submitted before."""
    binds = {"campaign": call.caller.campaign, "version": call.version}
    rows = await (await call.connection.execute(_SUBMISSIONS, binds)).fetchall()
    return {(org, month): SubmissionState(state) for org, month, state in rows}


async def first_month(call: ItemCall) -> date:
    """Return the first month that organisations must submit.

    A campaign without a first month takes counts of any month, but the first one that it expects had just ended when it began.
    """
    calendar, timezone = call.definition.calendar, call.definition.campaign.timezone
    if calendar.first_month is not None:
        return calendar.first_month
    (began,) = await (await call.connection.execute(_BEGAN, [call.caller.campaign])).fetchone() or (call.now,)
    day: date = began.astimezone(ZoneInfo(timezone)).date()
    return previous_month(day.replace(day=1))


def _expected(call: ItemCall, org: str, month: date, state: SubmissionState) -> Term | None:
    """Return the action that a month waits for, if the caller may take it."""
    relations = relations_to_month(call.definition, org, call.caller.org)
    conditions = [Condition.MONTH_ENDED] if call.today >= next_month(month) else []
    allowed = allowed_moves(SUBMISSION_MOVES, state, call.caller.role, relations, conditions)
    expectation = expected_of([each.move for each in allowed], expectation_of(SUBMISSION_EXPECTATIONS, state))
    return expectation.action if expectation else None


def _month(call: ItemCall, org: str, month: date, action: Term) -> AwaitedAction:
    return AwaitedAction(
        kind=RegistryKind.MONTH,
        id=None,
        path=f"/v1/submissions/{org}/{month_text(month)}",
        org=org,
        title=partial(month_text, month),
        action=action,
        due_on=call.definition.calendar.due(month) if action is SubmissionMove.SUBMIT else None,
    )


def _reopening(call: ItemCall, row: dict[str, Any]) -> AwaitedAction | None:
    """Return the decision about a request, if the caller may take it; granting it is a move of the month."""
    org, month, state = row["org"], month_text(row["month"]), ReopeningState.OPEN
    allowed = allowed_moves(REOPENING_MOVES, state, call.caller.role, relations_to_month(call.definition, org, call.caller.org))
    expectation = expected_of([each.move for each in allowed], expectation_of(REOPENING_EXPECTATIONS, state))
    if expectation is None:
        return None
    return AwaitedAction(
        kind=RegistryKind.REOPENING,
        id=row["id"],
        path=f"/v1/submissions/{org}/{month}/reopenings/{row['id']}",
        org=org,
        title=partial(month_text, row["month"]),
        action=expectation.action,
        due_on=None,
    )
