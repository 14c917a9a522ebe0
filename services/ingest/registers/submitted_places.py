"""Checks that the key places of a submitted month stay the same, since removing a place would raise the ratio.

While a submitted month is reopened, names and positions may be corrected, but places neither added nor removed. The register of a
later month must contain every place of the last submitted one; a removed place keeps its row, with `removed_because`, and is no
longer counted.
"""

from collections.abc import Mapping
from datetime import date

from psycopg import AsyncConnection

from services.ingest.registers.pushed_register import Entry, PushedRegister
from shared.database.database import Scope
from shared.database.sql import statement
from shared.problem_members import MissingPlaces
from shared.problems import PlacesMissing
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import RegisterCode, RowCode

_SUBMITTED_MONTHS = statement(__package__, "submitted_months")
_ROWS = statement(__package__, "rows_of_month")
REASON = "removed_because"
_PLACES_MAX = 100  # places that a problem lists
_HINT = Bilingual(
    zh="如需增减，请在以后月份的登记表中调整；移出的须填写“移出原因”（removed_because）",
    en="change a later month's list instead; to remove a place, give the reason in `removed_because`",
)
StoredEntries = Mapping[str, tuple[int, Mapping[str, object]]]
"""Area and body of stored rows by key."""


async def check_submitted_places(connection: AsyncConnection, scope: Scope, pushed: PushedRegister, *, replaces: bool) -> None:
    """Reject rows that add or remove places of a submitted month. Raises `PlacesMissing` if the push leaves such places out."""
    if pushed.register.code is not RegisterCode.KEY_PLACES:
        return
    for month in pushed.months:
        submitted = await _submitted_months(connection, scope, month)
        stored = await read_stored_rows(connection, scope, RegisterCode.KEY_PLACES, month)
        kept = {} if replaces else stored
        if submitted and submitted[0] == month:
            _reject_changes(pushed, month, stored)
            _refuse_omissions(pushed, month, set(stored), kept)
        earlier = next((other for other in submitted if other < month), None)
        if earlier is not None:
            rows = await read_stored_rows(connection, scope, RegisterCode.KEY_PLACES, earlier)
            required = {key for key, (_, body) in rows.items() if REASON not in body}
            _refuse_omissions(pushed, month, required, kept, earlier)


async def read_stored_rows(connection: AsyncConnection, scope: Scope, code: RegisterCode, month: date) -> StoredEntries:
    """Return an organisation's rows of a register and month."""
    binds = {"campaign": scope.campaign, "org": scope.org, "month": month, "register": code.value}
    return {key: (area, body) for key, area, body in await (await connection.execute(_ROWS, binds)).fetchall()}


async def _submitted_months(connection: AsyncConnection, scope: Scope, month: date) -> list[date]:
    binds = {"campaign": scope.campaign, "org": scope.org, "month": month}
    return [submitted for (submitted,) in await (await connection.execute(_SUBMITTED_MONTHS, binds)).fetchall()]


def _reject_changes(pushed: PushedRegister, month: date, stored: StoredEntries) -> None:
    for entry in [entry for entry in pushed.entries.values() if entry.month == month]:
        column = _changed_column(entry, stored)
        if column:
            value = pushed.definition.area_codes[entry.area or 0] if column == "area" else None
            pushed.reject(entry, [pushed.error(entry, RowCode.PLACE_FROZEN, column, value, _HINT)])


def _changed_column(entry: Entry, stored: StoredEntries) -> str | None:
    """Return the column by which a row adds, moves or removes a place, None if it does not."""
    if entry.key not in stored:
        return "id"
    area, body = stored[entry.key]
    if area != entry.area:
        return "area"
    return REASON if (REASON in body) != (REASON in entry.body) else None


def _refuse_omissions(
    pushed: PushedRegister, month: date, required: set[str], kept: StoredEntries, earlier: date | None = None
) -> None:
    """Raise PlacesMissing if required places are neither in the push nor kept; `earlier` is the submitted month they are from."""
    pushed_keys = {key for of_month, key in pushed.entries if of_month == month}
    missing = sorted(required - pushed_keys - set(kept))
    if not missing:
        return
    places = missing[:_PLACES_MAX]
    if earlier is None:
        zh = f"{month.year}年{month.month}月的重点场所登记表已报送，不能删除场所"
        en = f"The register of key places for {month_text(month)} is submitted; its places can no longer be removed"
    else:
        source = month_text(earlier)
        zh = (
            f"已报送的下列场所未列入{month.year}年{month.month}月的登记表；请补列或沿用上月（copy_from={source}），"
            "移出的须填写“移出原因”"
        )
        en = (
            f"Places submitted for {source} are missing from the register for {month_text(month)}; copy them with"
            f" copy_from={source}, or give the reason for their removal in `removed_because`"
        )
    raise PlacesMissing(f"{zh}：{'、'.join(places)}", f"{en}: {', '.join(places)}", members=MissingPlaces(places=places))
