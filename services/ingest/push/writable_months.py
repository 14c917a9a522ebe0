"""The months that an organisation may change, and what changing them requires."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from psycopg import AsyncConnection

from services.ingest.submissions.reopened_parts import ReopenedMonths, ReopenedParts
from shared.database.database import Scope
from shared.database.sql import array_of, statement
from shared.domain.submission_moves import CLOSED_STATES
from shared.problem_members import ClosedMonth, ClosedMonths, SubmittedMonths
from shared.problems import MonthClosed, ReasonRequired
from shared.values.months import month_text
from shared.vocabulary import SubmissionState

_MONTHS = statement(__package__, "writable_months")


class WritableMonths(NamedTuple):
    """Months that an organisation may change."""

    with_counts: set[date]  # months in which it has counts
    reopened: ReopenedMonths  # months of which only a part was reopened


async def writable_months(
    connection: AsyncConnection, scope: Scope, months: Sequence[date], reason: str | None, challenged: ReopenedParts | None = None
) -> WritableMonths:
    """Return how these months may be changed. `challenged`: the part that a challenge opens, whatever the state of its month.

    Raises `MonthClosed` if one is closed to changes, `ReasonRequired` if one was submitted before and no reason is given.
    """
    binds = {"campaign": scope.campaign, "org": scope.org, "months": array_of(months)}
    rows = await (await connection.execute(_MONTHS, binds)).fetchall()
    closed = {month: SubmissionState(state) for month, state, *_ in rows if state in CLOSED_STATES}
    if closed and challenged is None:
        raise _closed(scope.org, closed)
    submitted = sorted(month_text(month) for month, *_, submitted, _ in rows if submitted)
    if submitted and not (reason or "").strip():
        raise ReasonRequired(
            f"{'、'.join(submitted)} 的数据曾经报送，请说明更正原因（参数 reason）。",
            f"{', '.join(submitted)}: submitted before. Give the reason for the change in the query parameter `reason`.",
            members=SubmittedMonths(months=submitted),
        )
    return WritableMonths(
        {month for month, *_, with_counts in rows if with_counts},
        {month: parts for month, *row, _, _ in rows if (parts := challenged or ReopenedParts.of_submission(month, *row))},
    )


def _closed(org: str, months: dict[date, SubmissionState]) -> MonthClosed:
    closed = [
        ClosedMonth(month=month_text(month), state=state, reopenings=f"/v1/submissions/{org}/{month_text(month)}/reopenings")
        for month, state in sorted(months.items())
    ]
    names = ", ".join(month.month for month in closed)
    paths = ", ".join(f"POST {month.reopenings}" for month in closed)
    return MonthClosed(
        f"{names} 的数据已报送或已审核：请申请重新开放（{paths}），退回或重新开放后再填报。",
        f"{names}: submitted or accepted. Request reopening ({paths}) and push again once the month is returned or reopened.",
        members=ClosedMonths(closed=closed),
    )
