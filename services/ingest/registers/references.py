"""Checks the places and buildings that rows of tests and home coverage refer to."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from psycopg import AsyncConnection

from services.ingest.formats.rows import RowError
from services.ingest.registers.derive import keepers
from services.ingest.registers.pushed_register import Entry, PushedRegister
from services.ingest.registers.template_columns import REFERENCED_REGISTERS
from shared.database.database import Scope, campaign_reach
from shared.database.sql import statement
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.values.suggestions import Guesses
from shared.vocabulary import RegisterCode, RowCode

_RECORDS = statement(__package__, "referenced_records")
_HINT_LENGTH = 200  # characters; a longer list of names helps nobody


class _Record(NamedTuple):
    """A place or building of a month."""

    area: int
    removed_because: str | None
    households: int | None


async def check_references(connection: AsyncConnection, scope: Scope, pushed: PushedRegister) -> None:
    """Reject rows that refer to an unknown place or building, and give the others the area of theirs."""
    referenced = REFERENCED_REGISTERS.get(pushed.register.code)
    if referenced is None:
        return
    for month in sorted({month for month, _ in pushed.entries}):
        records = await _read_records(connection, scope, pushed, referenced.code, month)
        hints = _Hints(referenced.code, month, records)
        for entry in [entry for entry in pushed.entries.values() if entry.month == month]:
            record = records.get(entry.key)
            error = _error(pushed, entry, record, hints)
            if error:
                pushed.reject(entry, [error])
            elif record:
                entry.area = record.area


async def _read_records(
    connection: AsyncConnection, scope: Scope, pushed: PushedRegister, code: RegisterCode, month: date
) -> dict[str, _Record]:
    binds = {
        "campaign": pushed.definition.campaign.code,
        "keepers": keepers(pushed.definition, code, month),
        "month": month,
        "register": code.value,
    }
    async with campaign_reach(connection, scope):
        rows = await (await connection.execute(_RECORDS, binds)).fetchall()
    return {key: _Record(*columns) for key, *columns in rows}


class _Hints:
    """Hints for keys that the referenced register does not have."""

    def __init__(self, code: RegisterCode, month: date, records: Mapping[str, _Record]) -> None:
        self._records = records
        self._guesses = Guesses()
        self._empty = Bilingual(
            zh=f"{month.year}年{month.month}月的“{code.title_.zh}”登记表尚无数据，请待其登记后再填报",
            en=f"wait until the register of {code.title_.en} has rows for {month_text(month)}",
        )

    def for_key(self, key: str) -> Bilingual | None:
        """Return the hint for a key, None if there is no short one."""
        if not self._records:
            return self._empty
        hint = self._guesses.of("record", key, self._records)
        return hint if hint and len(hint.en) <= _HINT_LENGTH else None


def _error(pushed: PushedRegister, entry: Entry, record: _Record | None, hints: _Hints) -> RowError | None:
    column = pushed.register.key[-1]
    if record is None:
        code = RowCode.UNKNOWN_PLACE if pushed.register.code is RegisterCode.PLACE_TESTS else RowCode.UNKNOWN_BUILDING
        return pushed.error(entry, code, column, entry.key, hints.for_key(entry.key))
    if record.removed_because is not None:
        reason = record.removed_because
        hint = Bilingual(zh=f"该场所已移出：{reason}", en=f"remove the row; the place was removed: {reason}")
        return pushed.error(entry, RowCode.UNKNOWN_PLACE, column, entry.key, hint)
    covered = entry.body.get("covered")
    if isinstance(covered, int) and record.households is not None and covered > record.households:
        households = record.households
        hint = Bilingual(zh=f"该楼栋共 {households} 户", en=f"enter at most {households}, the households of the building")
        return pushed.error(entry, RowCode.ABOVE_HOUSEHOLDS, "covered", covered, hint)
    return None
