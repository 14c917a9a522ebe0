"""One JSON object → one row, without any generosity. JSON and NDJSON share it.

Two roads lead here: `msgspec` for the rows that are right (`fast_rows`), the standard library's parser for everything else
(`parsed` and `strict_row`), which sees duplicate keys, names every fault and is ten times slower.
"""

import json
import re
from collections.abc import Sequence
from typing import Annotated, Any, NoReturn

import msgspec

from services.ingest.formats.row_errors import NO_VALUE_HINT, nearest_field_hint, row_error
from services.ingest.formats.rows import CODE_LENGTH, Batch, PartialRow, Row, RowError, Rows, safe_excerpt
from services.ingest.formats.value_checks import code_error, count_error, is_month, note_error
from shared.values.bilingual import Bilingual
from shared.vocabulary import LARGEST_COUNT, RowCode

FIELDS = ("metric", "area", "month", "value", "note")
_REQUIRED = FIELDS[:4]
_UNKNOWN_SHOWN = 10  # unknown fields of one row that are reported
_REMEMBERED = 10_000  # distinct texts
_QUOTES = 14  # of four keys and three texts
_NOTE_QUOTES = 4  # of the key `note` and its text
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_ONLY_BRACKETS = re.compile(r"[^][{}]+")
_INNERMOST = re.compile(r"\[\]|\{\}")


class StrictJsonError(ValueError):
    """The text is not JSON as it is read here, though a lenient parser may take it."""

    def __init__(self, zh: str, en: str) -> None:
        """Say why in both languages."""
        super().__init__(en)
        self.why = Bilingual(zh=zh, en=en)


class DecimalLiteral(str):
    """A JSON number with a fraction or an exponent, as it was written."""

    __slots__ = ()


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise StrictJsonError("同一对象中有重复的键", "a key stands twice in one object")
    return members


def _constant(name: str) -> NoReturn:
    raise StrictJsonError(f"{name} 不是 JSON 数值", f"{name} is not a JSON number")


def _number(text: str) -> DecimalLiteral:
    if float(text) in {float("inf"), float("-inf")}:
        raise StrictJsonError("数值超出范围", "the number is out of range")
    return DecimalLiteral(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_constant, parse_float=_number)


def _too_deep(text: str, depth: int) -> bool:
    """Whether brackets nest deeper than `depth`, at the speed of `re`."""
    brackets = _ONLY_BRACKETS.sub("", _STRING.sub("", text))
    for _ in range(depth):  # a level a round, from the innermost outwards
        brackets = _INNERMOST.sub("", brackets)
    return bool(brackets)


def parse_value(text: str, at: int, depth: int) -> tuple[Any, int]:
    """The JSON value that starts at `at` and where it ends; raises NotStrictError or json.JSONDecodeError."""
    try:
        value, end = _DECODER.raw_decode(text, at)
    except RecursionError:
        raise _nested(depth) from None
    except (StrictJsonError, json.JSONDecodeError):
        raise
    except ValueError:  # int() of more digits than it takes
        raise StrictJsonError("数值位数过多", "a number has too many digits") from None
    if text.count("[", at, end) + text.count("{", at, end) > depth and _too_deep(text[at:end], depth):
        raise _nested(depth)
    return value, end


def _nested(depth: int) -> StrictJsonError:
    return StrictJsonError(f"嵌套超过 {depth} 层", f"nested deeper than {depth}")


def read_row(batch: Batch, number: int, value: object) -> None:
    """Enter the row an element is, or everything that is wrong with it, into a batch that has counted it already."""
    if not isinstance(value, dict):
        hint = Bilingual(zh="每一行应为一个 JSON 对象", en="a row is a JSON object")
        batch.errors.append(row_error(RowCode.MALFORMED_ROW, number, None, _written(value), hint))
        return
    errors = [row_error(RowCode.MISSING_FIELD, number, name) for name in _REQUIRED if name not in value]
    unknown = [name for name in value if name not in FIELDS]
    errors += [
        row_error(RowCode.UNKNOWN_FIELD, number, safe_excerpt(name), None, nearest_field_hint(name, FIELDS))
        for name in unknown[:_UNKNOWN_SHOWN]
    ]
    for name in FIELDS:
        if name in value and (error := _wrong(number, name, value[name])):
            errors.append(error)
    if errors:
        batch.errors += errors
        batch.damaged.append(PartialRow.of(number, errors, *(value.get(name, "") for name in ("metric", "area", "month"))))
    else:
        batch.rows.append(Row(number, value["metric"], value["area"], value["month"], value["value"], value.get("note")))


def _wrong(number: int, name: str, value: object) -> RowError | None:
    if name == "value":
        return _wrong_count(number, value)
    if name == "note" and value is None:
        return None
    if not isinstance(value, str) or isinstance(value, DecimalLiteral):
        code: RowCode | None = RowCode.NOT_TEXT
    elif name == "note":
        code = note_error(value)
    elif not value.strip():
        code = RowCode.MISSING_FIELD
    elif name == "month":
        code = None if is_month(value) else RowCode.MONTH_MALFORMED
    else:
        code = code_error(value)
    return row_error(code, number, name, _written(value)) if code else None


def _wrong_count(number: int, value: object) -> RowError | None:
    hint = None
    if isinstance(value, DecimalLiteral):
        code: RowCode | None = RowCode.NEGATIVE if value.startswith("-") else RowCode.FRACTION
    elif isinstance(value, bool) or not isinstance(value, str | int):
        code, hint = RowCode.NOT_A_COUNT, NO_VALUE_HINT if value is None else None
    elif isinstance(value, int):
        code = count_error(value)
    else:
        code = RowCode.PERCENT if value.rstrip().endswith(("%", "％")) else RowCode.VALUE_IS_TEXT
    return row_error(code, number, "value", _written(value), hint) if code else None


def _written(value: object) -> str:
    """A value as the sender wrote it, about; containers by their kind."""
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    return value if isinstance(value, str) else json.dumps(value)


_Code = Annotated[str, msgspec.Meta(min_length=1, max_length=CODE_LENGTH)]


class _Wire(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    metric: _Code
    area: _Code
    month: str
    value: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_COUNT)]
    note: str | None = None


class FastRowReader:
    """Reads whole batches of right rows. Remembers the texts that were found good."""

    def __init__(self) -> None:
        """Start knowing nothing."""
        self._decode = msgspec.json.Decoder(_Wire).decode
        self._codes: set[str] = set()
        self._months: set[str] = set()

    def read(self, first: int, lines: Sequence[bytes], joined: bytes) -> Rows | None:
        """The rows of `lines`, numbered from `first`, or None if even one of them needs a closer look.

        `joined` holds the lines and only them. msgspec lets the last of two equal keys win. But each row that it takes has at
        least 14 quotes, and 4 more with a note: where the sum is exactly that there is no room for another key (and no escaped
        quote).
        """
        try:
            wires = list(map(self._decode, lines))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        rows = Rows(
            list(range(first, first + len(wires))),
            [wire.metric for wire in wires],
            [wire.area for wire in wires],
            [wire.month for wire in wires],
            [wire.value for wire in wires],
            [wire.note for wire in wires],
        )
        noted = [note for note in rows.notes if note is not None]
        if joined.count(b'"') != _QUOTES * len(lines) + _NOTE_QUOTES * len(noted) or any(map(note_error, noted)):
            return None
        if not self._are_months(set(rows.months)):
            return None
        return rows if _plain(joined) or self._are_codes({*rows.metrics, *rows.areas}) else None

    def _are_months(self, months: set[str]) -> bool:
        if not months <= self._months:
            if not all(map(is_month, months)):
                return False
            self._months |= months
        return True

    def _are_codes(self, codes: set[str]) -> bool:
        if codes <= self._codes:
            return True
        if not all(code.strip() and not code_error(code) for code in codes - self._codes):
            return False
        if len(self._codes) < _REMEMBERED:
            self._codes |= codes
        return True


def _plain(joined: bytes) -> bool:
    """Whether no text in it can be blank or hold what is not printable: JSON in ASCII without escapes, DEL and leading spaces."""
    return joined.isascii() and not any(mark in joined for mark in (b"\\", b"\x7f", b'" '))
