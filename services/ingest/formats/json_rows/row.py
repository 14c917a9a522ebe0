"""JSON objects read as rows, strictly. JSON and NDJSON share it.

`FastRowReader` reads correct rows with `msgspec`, all of a batch at once; `read_row` reads one row that the strict parser parsed,
reports every error in it, and is ten times slower.
"""

import json
from collections.abc import Sequence
from typing import Annotated

import msgspec

from services.ingest.formats.row_errors import NO_VALUE_HINT, row_error
from services.ingest.formats.rows import CODE_LENGTH, Batch, PartialRow, Row, RowError, Rows, safe_excerpt
from services.ingest.formats.value_checks import code_error, count_error, is_month, note_error
from shared.http.strict_json import DecimalLiteral
from shared.values.bilingual import Bilingual
from shared.values.suggestions import Guesses
from shared.vocabulary import LARGEST_COUNT, RowCode

FIELDS = ("metric", "area", "month", "value", "note")
_REQUIRED = FIELDS[:4]
_UNKNOWN_FIELDS_MAX = 10  # unknown fields that are reported for one row
_KNOWN_CODES_MAX = 10_000
_QUOTES = 14  # of four keys and three texts
_NOTE_QUOTES = 4  # of the key `note` and its text


def read_row(batch: Batch, number: int, value: object, guesses: Guesses) -> None:
    """Add the row that a JSON value contains, or all of its errors, to a batch that has counted the row already."""
    if not isinstance(value, dict):
        hint = Bilingual(zh="每一行应为一个 JSON 对象", en="write each row as a JSON object")
        batch.errors.append(row_error(RowCode.MALFORMED_ROW, number, None, _value_text(value), hint))
        return
    errors = [row_error(RowCode.MISSING_FIELD, number, name) for name in _REQUIRED if name not in value]
    unknown = [name for name in value if name not in FIELDS]
    errors += [
        row_error(RowCode.UNKNOWN_FIELD, number, name, None, guesses.of("field", name.lower(), FIELDS))
        for name in map(safe_excerpt, unknown[:_UNKNOWN_FIELDS_MAX])
    ]
    errors += [error for name in FIELDS if name in value and (error := _field_error(number, name, value[name]))]
    if errors:
        batch.errors += errors
        codes = (value.get(name, "") for name in ("metric", "area", "month"))
        batch.partial_rows.append(PartialRow.without_errors(number, errors, *codes))
    else:
        batch.rows.append(Row(number, value["metric"], value["area"], value["month"], value["value"], value.get("note")))


def _field_error(number: int, name: str, value: object) -> RowError | None:
    if name == "value":
        return _count_error(number, value)
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
    return row_error(code, number, name, _value_text(value)) if code else None


def _count_error(number: int, value: object) -> RowError | None:
    hint = None
    if isinstance(value, DecimalLiteral):
        code: RowCode | None = RowCode.NEGATIVE if value.startswith("-") else RowCode.FRACTION
    elif isinstance(value, bool) or not isinstance(value, str | int):
        code, hint = RowCode.NOT_A_COUNT, NO_VALUE_HINT if value is None else None
    elif isinstance(value, int):
        code = count_error(value)
    else:
        code = RowCode.PERCENT if value.rstrip().endswith(("%", "％")) else RowCode.VALUE_IS_TEXT
    return row_error(code, number, "value", _value_text(value), hint) if code else None


def _value_text(value: object) -> str:
    """Return a value about as the sender wrote it; objects and arrays are abbreviated."""
    if isinstance(value, dict | list):
        return "{…}" if isinstance(value, dict) else "[…]"
    return value if isinstance(value, str) else json.dumps(value)


_Code = Annotated[str, msgspec.Meta(min_length=1, max_length=CODE_LENGTH)]


class _JsonRow(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    metric: _Code
    area: _Code
    month: str
    value: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_COUNT)]
    note: str | None = None


class FastRowReader:
    """Reads batches of correct rows. Remembers the codes and months that passed the checks."""

    def __init__(self) -> None:
        self._decode = msgspec.json.Decoder(_JsonRow).decode
        self._codes: set[str] = set()
        self._months: set[str] = set()

    def read(self, first: int, lines: Sequence[bytes], joined: bytes) -> Rows | None:
        """Return the rows of `lines`, numbered from `first`, or None if any of them may have an error.

        `joined` contains the lines and nothing else. msgspec silently keeps the last of two equal keys. But each row that it
        accepts has at least 14 quotes, and 4 more with a note: if the sum is exactly that, there is no room for another key, nor
        for an escaped quote.
        """
        try:
            decoded = list(map(self._decode, lines))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return None
        rows = Rows(
            list(range(first, first + len(decoded))),
            [row.metric for row in decoded],
            [row.area for row in decoded],
            [row.month for row in decoded],
            [row.value for row in decoded],
            [row.note for row in decoded],
        )
        notes = [note for note in rows.notes if note is not None]
        if joined.count(b'"') != _QUOTES * len(lines) + _NOTE_QUOTES * len(notes) or any(map(note_error, notes)):
            return None
        if not self._are_months(set(rows.months)):
            return None
        return rows if _is_plain(joined) or self._are_codes({*rows.metrics, *rows.areas}) else None

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
        if len(self._codes) < _KNOWN_CODES_MAX:
            self._codes |= codes
        return True


def _is_plain(joined: bytes) -> bool:
    """Return whether no text can be blank or unprintable: ASCII without escapes, DEL and leading spaces."""
    return joined.isascii() and not any(mark in joined for mark in (b"\\", b"\x7f", b'" '))
