"""Which months of an organisation take counts."""

from collections.abc import Sequence
from datetime import date

from psycopg import AsyncConnection

from shared.campaign.months import month_text
from shared.db import Scope
from shared.problems import MonthClosed
from shared.sql import statement
from shared.vocabulary import SubmissionState

_TOUCHED = statement(__package__, "touched_months")
_CLOSED = frozenset({SubmissionState.SUBMITTED.value, SubmissionState.ACCEPTED.value})


async def months_with_counts(connection: AsyncConnection, scope: Scope, months: Sequence[date]) -> set[date]:
    """The months among these in which the organisation has counts. Raises `MonthClosed` where one takes none any more."""
    binds = {"campaign": scope.campaign, "org": scope.org, "months": list(months)}
    rows = await (await connection.execute(_TOUCHED, binds)).fetchall()
    closed = [(month, state) for month, state, _ in rows if state in _CLOSED]
    if closed:
        listed = ", ".join(month_text(month) for month, _ in sorted(closed))
        raise MonthClosed(
            f"{listed} 已报送或已接收：请业务主管部门退回，或请工作专班重新打开后再报",
            f"{listed}: submitted or accepted; ask the bureau to return it or the task force to reopen it, then push again",
        )
    return {month for month, _, filled in rows if filled}
