"""Values of a register's columns as people type them into sheets."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from services.ingest.formats.cells.cell import SheetCell, cell_text, shown_text
from services.ingest.formats.cells.values import month_hint, parse_count, parse_month
from services.ingest.registers.identifiers import is_identifier, read_identifier
from services.ingest.registers.strict_values import Value, number_value, range_of, text_value
from shared.registers import Column
from shared.values.formula_safe import as_written
from shared.values.spelling import normalised
from shared.vocabulary import ColumnKind, NormalisationKind, RowCode

_YES = frozenset({"是", "yes", "y", "true", "1", "已通达", "通达"})
_NO = frozenset({"否", "no", "n", "false", "0", "未通达", "不通达"})
_DAY = re.compile(r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日?)")
_TIME = re.compile(r"[ T]?([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.0+)?)?")
_BETWEEN = re.compile(r"[,，;；、/|\s]+")
_SPACE = re.compile(r"\s+")


def generous_value(column: Column, cell: SheetCell, timezone: ZoneInfo) -> Value:
    """Read a cell that is not blank."""
    if is_identifier(column):
        return read_identifier(column, cell)
    is_number = column.kind in {ColumnKind.INTEGER, ColumnKind.DECIMAL}
    text = as_written(cell_text(cell) if is_number else shown_text(cell))
    value = _value(column, text, timezone)
    is_rounded = is_number and not isinstance(cell, str) and cell.stored is not None
    return value._replace(kind=NormalisationKind.ROUNDED) if is_rounded and value.code is None else value


def _value(column: Column, text: str, timezone: ZoneInfo) -> Value:
    read = _KINDS.get(column.kind)
    if read is not None:
        return read(column, text)
    if column.kind in {ColumnKind.DATE, ColumnKind.INSTANT}:
        return _moment(column, text, timezone)
    clean = _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()
    found = text_value(column, clean)
    return found if found.code or clean == text else Value(found.value, None, NormalisationKind.SPACE)


def _month(_column: Column, text: str) -> Value:
    month, kind = parse_month(text)
    return Value(month, None, kind) if month else Value(None, RowCode.MONTH_MALFORMED, hint=month_hint(text))


def _terms(_column: Column, text: str) -> Value:
    return Value(sorted({part for part in _BETWEEN.split(text.strip()) if part}))


def _yes_no(_column: Column, text: str) -> Value:
    word = normalised(text)
    if word not in _YES and word not in _NO:
        return Value(None, RowCode.NOT_YES_NO)
    return Value(word in _YES, None, None if text in {"是", "否"} else NormalisationKind.YES_NO)


def _integer(column: Column, text: str) -> Value:
    count = parse_count(text)
    if count.value is None:
        return Value(None, count.code or RowCode.MISSING_FIELD, hint=count.hint)
    if not column.least <= count.value <= column.most:
        return Value(None, RowCode.OUT_OF_RANGE, hint=range_of(column))
    return Value(count.value, None, count.normalisations[0] if count.normalisations else None)


def _decimal(column: Column, text: str) -> Value:
    folded = normalised(text).replace("\u2212", "-")
    plain = folded.replace(",", "")
    read = number_value(column, plain)
    if read.code or plain == text:
        return read
    return Value(read.value, None, NormalisationKind.THOUSANDS if plain != folded else NormalisationKind.FULL_WIDTH)


def _moment(column: Column, text: str, timezone: ZoneInfo) -> Value:
    strict = text_value(column, text.strip())
    if strict.code is None:
        return strict
    day = _DAY.match(folded := normalised(text))
    if day is None:
        return strict
    rest = folded[day.end() :]
    time = _TIME.fullmatch(rest)
    if rest and time is None:
        return strict
    parts = [int(part) for part in (day[1], day[3] or day[5], day[4] or day[6])]
    parts += [int(part or 0) for part in time.groups()] if time else []
    try:
        moment = datetime(*parts, tzinfo=timezone)  # type: ignore[misc,arg-type]
    except ValueError:
        return strict
    if not 2000 <= moment.year <= 2099:
        return strict
    return Value(moment if column.kind is ColumnKind.INSTANT else moment.date().isoformat(), None, NormalisationKind.DATE_FORM)


_KINDS: Final[Mapping[ColumnKind, Callable[[Column, str], Value]]] = {
    ColumnKind.MONTH: _month,
    ColumnKind.YES_NO: _yes_no,
    ColumnKind.INTEGER: _integer,
    ColumnKind.DECIMAL: _decimal,
    ColumnKind.TERMS: _terms,
}
