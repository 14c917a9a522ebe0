"""Values of a register's columns as JSON has them: nothing is guessed."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final, NamedTuple

from services.ingest.formats.value_checks import is_month, text_error
from shared.http.strict_json import DecimalLiteral
from shared.registers import Column
from shared.values.bilingual import Bilingual
from shared.vocabulary import ColumnKind, NormalisationKind, RowCode

_DECIMAL = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,6})?")
_DATE = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})")
_LIST_LENGTH = 20


class Value(NamedTuple):
    """A value as it is stored, or the error code; with the normalisation that was needed."""

    value: object = None
    code: RowCode | None = None
    kind: NormalisationKind | None = None
    hint: Bilingual | None = None


def strict_value(column: Column, raw: object) -> Value:
    """Read one member of a JSON object that is not null."""
    match column.kind:
        case ColumnKind.YES_NO:
            return Value(raw) if isinstance(raw, bool) else Value(None, RowCode.NOT_YES_NO, hint=_BOOLEAN)
        case ColumnKind.INTEGER:
            return _integer(column, raw)
        case ColumnKind.DECIMAL:
            return _decimal(column, raw)
        case ColumnKind.TERMS:
            return _terms(raw)
    if not isinstance(raw, str) or isinstance(raw, DecimalLiteral):
        return Value(None, RowCode.NOT_TEXT)
    return text_value(column, raw)


def text_value(column: Column, text: str) -> Value:
    """Read a text that is written as it must be."""
    if not text.strip():
        return Value(None, RowCode.MISSING_FIELD)
    if trouble := text_error(text, column.longest):
        return Value(None, trouble)
    read = _TEXTS.get(column.kind)
    return read(text) if read else Value(text)


def number_value(column: Column, text: str) -> Value:
    """Read the digits of a whole or decimal number."""
    if not _DECIMAL.fullmatch(text):
        return Value(None, RowCode.NOT_A_DECIMAL, hint=_DIGITS)
    number = float(text)
    if not column.least <= number <= column.most:
        return Value(None, RowCode.OUT_OF_RANGE, hint=range_of(column))
    return Value(number)


def range_of(column: Column) -> Bilingual:
    """Return the range of a number as a hint."""
    least, most = (f"{bound:g}" if abs(bound) < 10**6 else f"{bound:.0f}" for bound in (column.least, column.most))
    return Bilingual(zh=f"应在 {least} 到 {most} 之间", en=f"enter a number from {least} to {most}")


def _integer(column: Column, raw: object) -> Value:
    if isinstance(raw, DecimalLiteral):
        return Value(None, RowCode.FRACTION)
    if isinstance(raw, bool) or not isinstance(raw, int):
        return Value(None, RowCode.VALUE_IS_TEXT if isinstance(raw, str) else RowCode.NOT_A_COUNT)
    if raw < 0:
        return Value(None, RowCode.NEGATIVE)
    return Value(raw) if column.least <= raw <= column.most else Value(None, RowCode.OUT_OF_RANGE, hint=range_of(column))


def _decimal(column: Column, raw: object) -> Value:
    if isinstance(raw, DecimalLiteral) or (isinstance(raw, int) and not isinstance(raw, bool)):
        return number_value(column, str(raw))
    return Value(None, RowCode.VALUE_IS_TEXT if isinstance(raw, str) else RowCode.NOT_A_DECIMAL)


def _terms(raw: object) -> Value:
    if not isinstance(raw, list) or len(raw) > _LIST_LENGTH:
        return Value(None, RowCode.NOT_A_LIST, hint=_LIST)
    if not all(isinstance(each, str) and not isinstance(each, DecimalLiteral) for each in raw):
        return Value(None, RowCode.NOT_TEXT)
    return Value(sorted(set(raw)))


def _month(text: str) -> Value:
    return Value(text) if is_month(text) else Value(None, RowCode.MONTH_MALFORMED)


def _key(text: str) -> Value:
    good = text.isprintable() and not any(map(str.isspace, text))
    return Value(text) if good else Value(None, RowCode.BAD_TEXT)


def _trimmed(text: str) -> Value:
    return Value(text) if text == text.strip() else Value(None, RowCode.BAD_TEXT, hint=_TRIM)


def _date(text: str) -> Value:
    try:
        return (
            Value(date.fromisoformat(text).isoformat())
            if _DATE.fullmatch(text)
            else Value(None, RowCode.DATE_MALFORMED, hint=_DAY)
        )
    except ValueError:
        return Value(None, RowCode.DATE_MALFORMED, hint=_DAY)


def _instant(text: str) -> Value:
    try:
        return (
            Value(datetime.fromisoformat(text)) if _INSTANT.fullmatch(text) else Value(None, RowCode.DATE_MALFORMED, hint=_MOMENT)
        )
    except ValueError:
        return Value(None, RowCode.DATE_MALFORMED, hint=_MOMENT)


_TEXTS: Final[Mapping[ColumnKind, Callable[[str], Value]]] = {
    ColumnKind.MONTH: _month,
    ColumnKind.DATE: _date,
    ColumnKind.INSTANT: _instant,
    ColumnKind.KEY: _key,
    ColumnKind.TEXT: _trimmed,
}
_BOOLEAN = Bilingual(zh="请写 true 或 false，表格中写 是 或 否", en="write true or false; in tables also 是 or 否")
_TRIM = Bilingual(zh="请去掉首尾空白", en="remove leading and trailing spaces")
_DIGITS = Bilingual(zh="最多 9 位整数、6 位小数", en="use at most 9 digits before and 6 after the decimal point")
_LIST = Bilingual(
    zh=f'请写成 ["telecom"]，最多 {_LIST_LENGTH} 项', en=f'write it as ["telecom"], with at most {_LIST_LENGTH} items'
)
_DAY = Bilingual(zh="请写成 2022-08-15", en="write it as 2022-08-15")
_MOMENT = Bilingual(zh="请写成 2022-08-15T10:30:00+08:00", en="write it as 2022-08-15T10:30:00+08:00")
