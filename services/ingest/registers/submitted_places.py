"""The list of key places is fixed once its month was submitted: shrinking the list would raise the ratio.

A submitted month keeps its places; names and positions may still be corrected when it is open again. A later month's list holds
every place of the last submitted one, or says why it does not: a row with `removed_because` stays on the list and counts no more.
"""

from collections.abc import Mapping
from datetime import date

from psycopg import AsyncConnection

from services.ingest.registers.pushed_register import Entry, PushedRegister
from shared.database.database import Scope
from shared.database.sql import statement
from shared.problems import Conflict
from shared.values.bilingual import Bilingual
from shared.values.months import month_text
from shared.vocabulary import RegisterCode, RowCode

_FIXED = statement(__package__, "fixed_months")
_ROWS = statement(__package__, "rows_of_month")
REASON = "removed_because"
_NAMED = 100  # places that a refusal names
_HINT = Bilingual(
    zh="如需增减，请在以后月份的清单中登记（移出须填 removed_because）",
    en="add or remove it in the list of a later month (a removal says why in removed_because)",
)
StoredRows = Mapping[str, tuple[int, Mapping[str, object]]]
"""Area and body by key."""


async def check_submitted_places(connection: AsyncConnection, scope: Scope, pushed: PushedRegister, *, replaces: bool) -> None:
    """Refuse rows that change which places a submitted month has. Raises `Conflict` where places would silently be gone."""
    if pushed.register.code is not RegisterCode.KEY_PLACES:
        return
    for month in pushed.months:
        fixed = await _fixed(connection, scope, month)
        stored = await read_stored_rows(connection, scope, RegisterCode.KEY_PLACES, month)
        if fixed and fixed[0] == month:
            _refuse_changes(pushed, month, stored)
            _refuse_gone(pushed, month, set(stored), stored if not replaces else {})
        before = next((other for other in fixed if other < month), None)
        if before is not None:
            rows = await read_stored_rows(connection, scope, RegisterCode.KEY_PLACES, before)
            listed = {key for key, (_, body) in rows.items() if REASON not in body}
            _refuse_gone(pushed, month, listed, stored if not replaces else {}, before)


async def read_stored_rows(connection: AsyncConnection, scope: Scope, code: RegisterCode, month: date) -> StoredRows:
    """An organisation's rows of a register and month."""
    binds = {"campaign": scope.campaign, "org": scope.org, "month": month, "register": code.value}
    return {key: (area, body) for key, area, body in await (await connection.execute(_ROWS, binds)).fetchall()}


async def _fixed(connection: AsyncConnection, scope: Scope, month: date) -> list[date]:
    binds = {"campaign": scope.campaign, "org": scope.org, "month": month}
    return [fixed for (fixed,) in await (await connection.execute(_FIXED, binds)).fetchall()]


def _refuse_changes(pushed: PushedRegister, month: date, stored: StoredRows) -> None:
    for entry in [entry for entry in pushed.entries.values() if entry.month == month]:
        column = _changed(entry, stored)
        if column:
            value = pushed.definition.area_codes[entry.area or 0] if column == "area" else None
            pushed.reject(entry, [pushed.error(entry, RowCode.PLACE_FROZEN, column, value, _HINT)])


def _changed(entry: Entry, stored: StoredRows) -> str | None:
    """The column that changes what the list counts."""
    if entry.key not in stored:
        return "id"
    area, body = stored[entry.key]
    if area != entry.area:
        return "area"
    return REASON if (REASON in body) != (REASON in entry.body) else None


def _refuse_gone(pushed: PushedRegister, month: date, due: set[str], stored: StoredRows, before: date | None = None) -> None:
    named = {key for at, key in pushed.entries if at == month}
    gone = sorted(due - named - set(stored))
    if not gone:
        return
    listed = "、".join(gone[:_NAMED])
    if before is None:
        zh, en = f"{month_text(month)} 的清单已报送，不能删除场所", f"the list of {month_text(month)} was submitted: places stay"
    else:
        was = month_text(before)
        zh = f"{was} 已报送的场所不在 {month_text(month)} 的清单中；可用 copy_from={was} 结转，移出须填 removed_because"
        en = (
            f"places of the list submitted for {was} are not on that of {month_text(month)}: carry them over with"
            f" copy_from={was}; a removal says why in removed_because"
        )
    raise Conflict(f"{zh}：{listed}", f"{en}: {listed.replace('、', ', ')}", extra={"places": gone[:_NAMED]})
