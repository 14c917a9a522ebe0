"""Which months of an organisation take counts, and what changing them takes."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from psycopg import AsyncConnection
from psycopg.rows import TupleRow

from services.ingest.submissions.reopened_parts import ReopenedMonths, ReopenedParts
from shared.database.database import Later, Scope
from shared.database.sql import array_of, statement
from shared.domain.lifecycle import CLOSED_STATES
from shared.problems import MonthClosed, ReasonRequired
from shared.values.months import month_text
from shared.vocabulary import SubmissionState

_TOUCHED = statement(__package__, "touched_months")


class OpenMonths(NamedTuple):
    """Months that take counts."""

    filled: set[date]  # in which the organisation has some
    reopened: ReopenedMonths  # of which only parts may change


async def read_open_months(connection: AsyncConnection, scope: Scope, months: Sequence[date], reason: str | None) -> OpenMonths:
    """These months, as they take counts.

    Raises `MonthClosed` where one takes none any more, `ReasonRequired` where one was submitted before and no reason is given.
    """
    return await (await ask_months(connection, scope, months, reason))()


async def ask_months(connection: AsyncConnection, scope: Scope, months: Sequence[date], reason: str | None) -> Later[OpenMonths]:
    """Ask what `read_open_months` returns."""
    touched = await connection.execute(_TOUCHED, {"campaign": scope.campaign, "org": scope.org, "months": array_of(months)})

    async def opened() -> OpenMonths:
        return _opened(scope, await touched.fetchall(), reason)

    return opened


def _opened(scope: Scope, rows: Sequence[TupleRow], reason: str | None) -> OpenMonths:
    closed = {month: SubmissionState(state) for month, state, *_ in rows if state in CLOSED_STATES}
    if closed:
        raise _closed(scope.org, closed)
    submitted = sorted(month_text(month) for month, *_, submitted, _ in rows if submitted)
    if submitted and not (reason or "").strip():
        listed = ", ".join(submitted)
        raise ReasonRequired(
            f"{listed} 曾报送：请在查询参数 reason 中说明更正原因",
            f"{listed}: submitted before; say in the query parameter `reason` why the counts change",
            extra={"months": submitted},
        )
    return OpenMonths(
        {month for month, *_, filled in rows if filled},
        {month: named for month, *stands, _, _ in rows if (named := ReopenedParts.of_submission(month, *stands))},
    )


def _closed(org: str, months: dict[date, SubmissionState]) -> MonthClosed:
    closed = [
        {"month": month_text(month), "state": state.value, "reopenings": f"/v1/submissions/{org}/{month_text(month)}/reopenings"}
        for month, state in sorted(months.items())
    ]
    listed = ", ".join(each["month"] for each in closed)
    paths = ", ".join(f"POST {each['reopenings']}" for each in closed)
    return MonthClosed(
        f"{listed} 已报送或已接收：请申请重新打开（{paths}），退回或重新打开后再报",
        f"{listed}: submitted or accepted; ask for reopening ({paths}), and push again once it is returned or reopened",
        extra={"closed": closed},
    )
