"""Carries a month's rows over to another month, as far as the push does not name them itself."""

from psycopg import AsyncConnection

from services.ingest.push.request import Push
from services.ingest.registers.intake import Entry, RegisterIntake
from services.ingest.registers.submitted_places import REASON, read_stored_rows
from shared.database.database import Scope


async def copy_rows(connection: AsyncConnection, asked: Push, intake: RegisterIntake) -> None:
    """Take in the rows of the month that is carried over. Places that were removed in it are not carried on."""
    if asked.copy_from is None or asked.month is None:
        return
    for key, (area, body) in (await read_stored_rows(connection, asked.scope, intake.register.code, asked.copy_from)).items():
        if (asked.month, key) not in intake.entries and REASON not in body:
            intake.received += 1
            intake.entries[asked.month, key] = Entry(None, asked.month, key, area, dict(body))


async def drop_rows_already_stored(connection: AsyncConnection, scope: Scope, intake: RegisterIntake) -> None:
    """Let go of the carried rows that their month has in some shape: carrying over fills in, and corrects nothing."""
    carried = [entry for entry in intake.entries.values() if entry.number is None]
    if not carried:
        return
    standing = await read_stored_rows(connection, scope, intake.register.code, carried[0].month)
    for entry in carried:
        if entry.key in standing:
            intake.received -= 1
            del intake.entries[entry.month, entry.key]
