"""Identifiers of records as spreadsheets hold them, and those that differ only in spelling."""

import re
import unicodedata
from datetime import date
from typing import Final

from psycopg import AsyncConnection

from services.ingest.formats.cells.cell import CellKind, SheetCell, shown_text
from services.ingest.registers.pushed_register import KEY_JOINT, PushedRegister
from services.ingest.registers.strict_values import Value, text_value
from shared.database.database import Scope
from shared.database.sql import statement
from shared.registers import Column
from shared.registers.columns import ID_LENGTH
from shared.values.bilingual import Bilingual
from shared.vocabulary import ColumnKind, NormalisationKind, RowCode

_STORED_KEYS = statement(__package__, "stored_keys")
_EXACT_DIGITS = 15  # of a number in a spreadsheet; further ones become zeros
_DAMAGED = re.compile(r"[0-9]*\.[0-9]+|[0-9]+(?:\.[0-9]*)?[eE]\+[0-9]{2,3}")
_FULL_WIDTH: Final = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20}


def is_identifier(column: Column) -> bool:
    """Return true for a column of ids, whether the rows are known by them or only name them."""
    return column.kind is ColumnKind.KEY or (column.kind is ColumnKind.TEXT and column.longest == ID_LENGTH)


def read_identifier(column: Column, cell: SheetCell) -> Value:
    """Read an id as the sheet shows it; one that a spreadsheet program may have changed is an error."""
    shown = shown_text(cell)
    text = shown.translate(_FULL_WIDTH).strip()
    if _DAMAGED.fullmatch(text) or (not isinstance(cell, str) and cell.kind is CellKind.NUMBER and _is_inexact(cell.text)):
        return Value(None, RowCode.DAMAGED_KEY)
    value = text_value(column, text)
    if value.code or text == shown:
        return value
    return value._replace(kind=NormalisationKind.FULL_WIDTH if text != shown.strip() else NormalisationKind.SPACE)


def _is_inexact(number: str) -> bool:
    return not number.isdecimal() or len(number) > _EXACT_DIGITS


async def reject_respelled_keys(connection: AsyncConnection, scope: Scope, pushed: PushedRegister, *, replaces: bool) -> None:
    """Reject rows whose id differs from that of another pushed or stored row only in width, spaces or leading zeros."""
    keys: dict[tuple[date, str], set[str]] = {}
    for month, key in pushed.entries:
        keys.setdefault((month, _plain(key)), set()).add(key)
    if not replaces:
        binds = {"campaign": scope.campaign, "org": scope.org, "months": pushed.months, "register": pushed.register.code.value}
        for month, key in await (await connection.execute(_STORED_KEYS, binds)).fetchall():
            if (spellings := keys.get((month, _plain(key)))) is not None:
                spellings.add(key)
    for (month, _), spellings in keys.items():
        for key in sorted(spellings) if len(spellings) > 1 else ():
            if (entry := pushed.entries.get((month, key))) is not None:
                others = ", ".join(sorted(spellings - {key})[:3])
                hint = Bilingual(zh=f"另有编号 {others}；同一对象请用同一写法", en=f"{others} exists; write an id in one way")
                pushed.reject(entry, [pushed.error(entry, RowCode.RESPELLED_KEY, pushed.register.key[-1], key, hint)])


def _plain(key: str) -> str:
    """Return a key without what people and spreadsheets change in it: width, spaces, leading zeros of numbers."""
    parts = (re.sub(r"\s+", "", unicodedata.normalize("NFKC", part)) for part in key.split(KEY_JOINT))
    return KEY_JOINT.join(part.lstrip("0") if part.isdecimal() else part for part in parts)
