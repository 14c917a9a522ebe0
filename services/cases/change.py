"""A change to a case by a caller, and its entry in the audit."""

from dataclasses import dataclass
from datetime import datetime

from psycopg import AsyncConnection

from shared.access.key_ring import Principal
from shared.database import audit
from shared.tables.case_file import CaseFile


@dataclass(frozen=True, slots=True)
class CaseChange:
    """The caller, operation, time and request that change a case."""

    caller: Principal
    operation: str
    at: datetime
    request_id: str


async def record_change(connection: AsyncConnection, change: CaseChange, case: CaseFile) -> None:
    """Enter a change in the audit, in the transaction that makes it."""
    await audit.record(
        connection,
        campaign=case.campaign,
        org=case.org,
        actor=change.caller.client_id,
        operation=change.operation,
        subject=str(case.id),
        request_id=change.request_id,
        now=change.at,
    )
