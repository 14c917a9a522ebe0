"""Copying a month's rows to another month, as far as the push does not contain them itself."""

from psycopg import AsyncConnection

from services.ingest.push.dataset import PushRun
from services.ingest.registers.pushed_register import Entry, PushedRegister
from services.ingest.registers.submitted_places import REASON, read_stored_rows
from shared.database.database import Scope


async def copy_earlier_rows(run: PushRun, rows: PushedRegister) -> None:
    """Add the rows of the month that is copied. Places that were removed in it are not copied."""
    month, source = run.request.month, run.request.copy_from
    if source is None or month is None:
        return
    for key, (area, body) in (await read_stored_rows(run.connection, run.request.scope, rows.register.code, source)).items():
        if (month, key) not in rows.entries and REASON not in body:
            rows.received += 1
            rows.entries[month, key] = Entry(None, month, key, area, dict(body))


async def drop_copies_of_stored(connection: AsyncConnection, scope: Scope, rows: PushedRegister) -> None:
    """Drop the copied rows whose key is stored in the month already: copying adds rows, and changes none."""
    copied = [entry for entry in rows.entries.values() if entry.number is None]
    if not copied:
        return
    stored = await read_stored_rows(connection, scope, rows.register.code, copied[0].month)
    for entry in copied:
        if entry.key in stored:
            rows.received -= 1
            del rows.entries[entry.month, entry.key]
