"""Derives counts from the registers that a push changed, at the data version of the push.

Counts from one organisation's register belong to that organisation, counts from the registers of several to `*`. Only the
statements that read several organisations' registers run with reach campaign; the campaign's head is
locked, so of two pushes at once the second sees what the first wrote.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final, NamedTuple

from psycopg import AsyncConnection

from shared.campaign.applied import AppliedDefinition
from shared.database.database import Scope, campaign_reach
from shared.database.sql import statement
from shared.registers import REGISTERS
from shared.vocabulary import RegisterCode, RegisterCount

_STAGE = statement(__package__, "stage_counts")
_EMPTY = "DELETE FROM register_count"
_TOUCH_THINGS = statement(__package__, "touch_things")
_OWN = statement(__package__, "count_own")
_KEEP = statement(__package__, "keep_derived")
_DROP = statement(__package__, "drop_derived")
_WRITE = statement(__package__, "write_derived")


class _Lists(NamedTuple):
    """Registers that are counted together: the one with the records, and the one whose rows refer to them."""

    sql: str
    things: RegisterCode
    sayers: RegisterCode


_PLACES = _Lists(statement(__package__, "count_places"), RegisterCode.KEY_PLACES, RegisterCode.PLACE_TESTS)
_HOMES = _Lists(statement(__package__, "count_homes"), RegisterCode.COMPOUNDS, RegisterCode.HOME_COVERAGE)
_STATIONS = _Lists(statement(__package__, "count_stations"), RegisterCode.BASE_STATIONS, RegisterCode.BASE_STATIONS)
_TOGETHER: Final[Mapping[RegisterCode, _Lists]] = {
    RegisterCode.KEY_PLACES: _PLACES,
    RegisterCode.PLACE_TESTS: _PLACES,
    RegisterCode.COMPOUNDS: _HOMES,
    RegisterCode.HOME_COVERAGE: _HOMES,
    RegisterCode.BASE_STATIONS: _STATIONS,
}


def keepers(definition: AppliedDefinition, code: RegisterCode, month: date) -> list[str]:
    """Return the keepers of a register in a month; if several have the same record, the row of the first one applies."""
    kept = definition.register_of(code)
    return [org for org in kept.kept_by if definition.organisation(org).valid(month)] if kept else []


def keepers_ever(definition: AppliedDefinition, code: RegisterCode) -> tuple[str, ...]:
    """Return the organisations that keep a register in any month."""
    kept = definition.register_of(code)
    return kept.kept_by if kept else ()


async def derive(
    connection: AsyncConnection, scope: Scope, definition: AppliedDefinition, code: RegisterCode, months: list[date], version: int
) -> None:
    """Calculate the counts again for the months and areas in `register_touched`."""
    together, own = _TOGETHER[code], REGISTERS[code].counts
    numbers = {count: _number(definition, count) for count in RegisterCount}
    counted = {number for count in (*own, *REGISTERS[together.things].counts) if (number := numbers[count]) is not None}
    if not counted:
        return
    binds = {"campaign": scope.campaign, "org": scope.org, "version": version, "months": months, "metrics": sorted(counted)}
    await connection.execute(_STAGE)
    await connection.execute(_EMPTY)
    mine = {count.value: numbers[count] if count in own else None for count in RegisterCount}
    async with campaign_reach(connection, scope):
        for month in months:
            who = {
                "keepers": keepers(definition, together.things, month),
                "carriers": keepers(definition, together.sayers, month),
                "month": month,
            }
            await connection.execute(_TOUCH_THINGS, {**binds, **who, "things": together.things.value})
            await connection.execute(_OWN, {**binds, **mine, "month": month, "register": code.value})
            await connection.execute(together.sql, {**binds, **_named(numbers), **who})
        for sql in (_KEEP, _DROP, _WRITE):
            await connection.execute(sql, binds)


def _number(definition: AppliedDefinition, count: RegisterCount) -> int | None:
    counted = definition.derived_counts.get(count)
    return definition.metric_numbers[counted.metric] if counted else None


def _named(numbers: Mapping[RegisterCount, int | None]) -> dict[str, int | None]:
    return {
        "listed": numbers[RegisterCount.PLACES_LISTED],
        "any": numbers[RegisterCount.PLACES_ANY],
        "all": numbers[RegisterCount.PLACES_ALL],
        "households": numbers[RegisterCount.HOUSEHOLDS],
        "lower": numbers[RegisterCount.HOMES_LOWER],
        "upper": numbers[RegisterCount.HOMES_UPPER],
        "once": numbers[RegisterCount.STATIONS_ONCE],
    }
