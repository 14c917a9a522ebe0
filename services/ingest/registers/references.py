"""What a register's rows refer to: tests name places of the list, coverage names buildings of the compounds."""

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from psycopg import AsyncConnection

from services.ingest.formats.rows import RowError
from services.ingest.registers.derive import keepers
from services.ingest.registers.pushed_register import Entry, PushedRegister
from services.ingest.registers.template_columns import REFERENCED_REGISTERS
from shared.database.database import Scope, campaign_reach
from shared.database.sql import statement
from shared.values.bilingual import Bilingual
from shared.values.suggestions import Guesses
from shared.vocabulary import RegisterCode, RowCode

_KNOWN = statement(__package__, "known_things")
REFERRED: Final[Mapping[RegisterCode, RegisterCode]] = {code: beside.things for code, beside in REFERENCED_REGISTERS.items()}


class _Thing(NamedTuple):
    """A place or building of a month."""

    area: int
    removed_because: str | None
    households: int | None


async def check_references(connection: AsyncConnection, scope: Scope, pushed: PushedRegister) -> None:
    """Reject rows that name no thing of their month, and give the others the area of the thing."""
    referred = REFERRED.get(pushed.register.code)
    if referred is None:
        return
    for month in sorted({month for month, _ in pushed.entries}):
        known = await _known(connection, scope, pushed, referred, month)
        hints = _Hints(referred, month, known)
        for entry in [entry for entry in pushed.entries.values() if entry.month == month]:
            thing = known.get(entry.key)
            error = _error(pushed, entry, thing, hints)
            if error:
                pushed.reject(entry, [error])
            elif thing:
                entry.area = thing.area


async def _known(
    connection: AsyncConnection, scope: Scope, pushed: PushedRegister, referred: RegisterCode, month: date
) -> dict[str, _Thing]:
    binds = {
        "campaign": pushed.definition.campaign.code,
        "keepers": keepers(pushed.definition, referred, month),
        "month": month,
        "register": referred.value,
    }
    async with campaign_reach(connection, scope):
        rows = await (await connection.execute(_KNOWN, binds)).fetchall()
    return {key: _Thing(*rest) for key, *rest in rows}


class _Hints:
    """What to say of names that are not known."""

    def __init__(self, referred: RegisterCode, month: date, known: Mapping[str, _Thing]) -> None:
        self._known = known
        self._guesses = Guesses()
        self._none = Bilingual(
            zh=f"{month:%Y-%m} 的“{referred.title_.zh}”尚未登记",
            en=f"the register of {referred.title_.en} holds nothing for {month:%Y-%m} yet",
        )

    def of(self, key: str) -> Bilingual | None:
        """The hint for one name."""
        if not self._known:
            return self._none
        close = self._guesses.of("thing", key, self._known)
        return close if close and len(close.en) <= 200 else None


def _error(pushed: PushedRegister, entry: Entry, thing: _Thing | None, hints: _Hints) -> RowError | None:
    column = pushed.register.key[-1]
    places = pushed.register.code is RegisterCode.PLACE_TESTS
    if thing is None:
        code = RowCode.UNKNOWN_PLACE if places else RowCode.UNKNOWN_BUILDING
        return pushed.error(entry, code, column, entry.key, hints.of(entry.key))
    if thing.removed_because is not None:
        hint = Bilingual(zh=f"该场所已移出：{thing.removed_because}", en=f"the place was removed: {thing.removed_because}")
        return pushed.error(entry, RowCode.UNKNOWN_PLACE, column, entry.key, hint)
    covered = entry.body.get("covered")
    if isinstance(covered, int) and thing.households is not None and covered > thing.households:
        hint = Bilingual(zh=f"该楼栋共 {thing.households} 户", en=f"the building has {thing.households} households")
        return pushed.error(entry, RowCode.ABOVE_HOUSEHOLDS, "covered", covered, hint)
    return None
