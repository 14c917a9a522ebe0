"""What a register's rows refer to: tests name places of the list, coverage names buildings of the compounds."""

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from psycopg import AsyncConnection

from services.ingest.formats.rows import RowError
from services.ingest.registers.derive import keepers, whole_campaign
from services.ingest.registers.intake import Entry, RegisterIntake
from services.ingest.registers.template_columns import REFERENCED_REGISTERS
from shared.database.sql import statement
from shared.values.bilingual import Bilingual
from shared.values.suggestions import Guesses
from shared.vocabulary import RegisterCode, RowCode

_KNOWN = statement(__package__, "known_things")
REFERRED_REGISTER: Final[Mapping[RegisterCode, RegisterCode]] = {
    code: beside.things for code, beside in REFERENCED_REGISTERS.items()
}


class _Thing(NamedTuple):
    """A place or building of a month."""

    area: int
    removed_because: str | None
    households: int | None


async def check_references(connection: AsyncConnection, intake: RegisterIntake) -> None:
    """Refuse rows that name no thing of their month, and place the others where the thing is."""
    referred = REFERRED_REGISTER.get(intake.register.code)
    if referred is None:
        return
    for month in sorted({month for month, _ in intake.entries}):
        known = await _known(connection, intake, referred, month)
        hints = _Hints(referred, month, known)
        for entry in [entry for entry in intake.entries.values() if entry.month == month]:
            thing = known.get(entry.key)
            error = _error(intake, entry, thing, hints)
            if error:
                intake.refuse(entry, [error])
            elif thing:
                entry.area = thing.area


async def _known(connection: AsyncConnection, intake: RegisterIntake, referred: RegisterCode, month: date) -> dict[str, _Thing]:
    binds = {
        "campaign": intake.definition.campaign.code,
        "keepers": keepers(intake.definition, referred, month),
        "month": month,
        "register": referred.value,
    }
    async with whole_campaign(connection):
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


def _error(intake: RegisterIntake, entry: Entry, thing: _Thing | None, hints: _Hints) -> RowError | None:
    column = intake.register.key[-1]
    places = intake.register.code is RegisterCode.PLACE_TESTS
    if thing is None:
        code = RowCode.UNKNOWN_PLACE if places else RowCode.UNKNOWN_BUILDING
        return intake.error(entry, code, column, entry.key, hints.of(entry.key))
    if thing.removed_because is not None:
        hint = Bilingual(zh=f"该场所已移出：{thing.removed_because}", en=f"the place was removed: {thing.removed_because}")
        return intake.error(entry, RowCode.UNKNOWN_PLACE, column, entry.key, hint)
    covered = entry.body.get("covered")
    if isinstance(covered, int) and thing.households is not None and covered > thing.households:
        hint = Bilingual(zh=f"该楼栋共 {thing.households} 户", en=f"the building has {thing.households} households")
        return intake.error(entry, RowCode.ABOVE_HOUSEHOLDS, "covered", covered, hint)
    return None
