"""Who does what to a case, and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from fastapi import Request
from psycopg import AsyncConnection

from shared.access.key_ring import Principal
from shared.database import audit
from shared.problems import Forbidden, Malformed, MediaType, Overloaded, Schema, TokenInvalid, TooLarge, UnknownOutcome
from shared.tables.case_file import CaseFile

REFUSALS: Final = (TokenInvalid, Forbidden, Malformed, TooLarge, MediaType, Schema, Overloaded, UnknownOutcome)
"""What any request with a body may meet."""


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody does something now."""

    by: Principal
    operation: str
    at: datetime
    request_id: str

    @classmethod
    def of(cls, request: Request, by: Principal, operation: str) -> Self:
        """What a request is about to do."""
        return cls(by, operation, request.app.state.clock.now(), request.state.request_id)


async def record(connection: AsyncConnection, act: Act, case: CaseFile) -> None:
    """Enter an act on a case into the audit, in the transaction that carries it out."""
    await audit.record(
        connection,
        campaign=case.campaign,
        org=case.org,
        actor=act.by.client_id,
        operation=act.operation,
        subject=str(case.id),
        request_id=act.request_id,
        now=act.at,
    )
