"""One audit row for each state-changing request, in the transaction that changes the state."""

from datetime import datetime

from psycopg import AsyncConnection

from shared.values.uuid7 import uuid7

_INSERT = """
INSERT INTO audit (campaign, org, id, at, actor, operation, subject, request_id)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


async def record(
    connection: AsyncConnection,
    *,
    campaign: str,
    org: str,
    actor: str,
    operation: str,
    subject: str,
    request_id: str,
    now: datetime,
) -> None:
    """Record who did what. `org` is the owner of the subject, which is not always the actor's organisation."""
    await connection.execute(_INSERT, [campaign, org, uuid7(), now, actor, operation, subject, request_id])
