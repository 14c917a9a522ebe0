"""What a month was opened again for, as it stands."""

from datetime import date

from psycopg import AsyncConnection

from services.ingest.submissions.reopened_parts import Named
from shared.database.database import Scope

_STANDS = "SELECT state, cells, registers FROM submission WHERE campaign = %s AND org = %s AND month = %s AND until IS NULL"


async def opened_for(connection: AsyncConnection, scope: Scope, month: date) -> Named | None:
    """What an organisation's month was opened again for; None where everything of it may change, or nothing."""
    row = await (await connection.execute(_STANDS, [scope.campaign, scope.org, month])).fetchone()
    return Named.of(month, *row) if row else None
