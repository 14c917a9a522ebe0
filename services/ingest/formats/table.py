"""Rows of a table, CSV or XLSX, read generously; everything that was read another way than written is noted."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import NamedTuple

from services.ingest.formats.findings import SPLIT_NUMBER, UNQUOTED, finding
from services.ingest.formats.generous import Count, count_of, month_of
from services.ingest.formats.header import Header
from services.ingest.formats.notes import Notes
from services.ingest.formats.rows import CODE_LENGTH, Batch, Damaged, Names, Row, RowError
from services.ingest.formats.texts import code_trouble, note_trouble
from shared.bilingual import Bilingual
from shared.spelling import normalised
from shared.vocabulary import NormalisationKind, RowCode

_REMEMBERED = 10_000  # distinct texts of a column
_WORTH_REMEMBERING = 2 * CODE_LENGTH  # characters: titles are about as long as codes
_SPACE = re.compile(r"\s+")
_FIRST_GROUP = re.compile(r"[1-9][0-9]{0,2}")
_NEXT_GROUP = re.compile(r"[0-9]{3}")


class Kind(Enum):
    """What a spreadsheet cell is besides text."""

    NUMBER = "n"
    DATE = "d"
    BOOLEAN = "b"
    ERROR = "e"
    UNCALCULATED = "f"


class Odd(NamedTuple):
    """A spreadsheet cell that is not text, written as text."""

    kind: Kind
    text: str


_BROKEN = {Kind.ERROR: RowCode.ERROR_CELL, Kind.UNCALCULATED: RowCode.FORMULA_WITHOUT_VALUE}
Cell = str | Odd
Place = Callable[[RowError, int | None], RowError]  # adds what only the format knows: cell and sheet, from a column's place


class _Code(NamedTuple):
    """A text read as a code."""

    code: str
    trouble: RowCode | None = None
    kind: NormalisationKind | None = None


class _Codes:
    """Reads the texts of one column as codes, each text once."""

    def __init__(self, known: Mapping[str, str], named: NormalisationKind) -> None:
        self._known = known
        self._named = named
        self._seen: dict[str, _Code] = {}

    def read(self, text: str) -> _Code:
        code = self._seen.get(text)
        if code is None:
            code = self._look_up(text)
            if len(self._seen) < _REMEMBERED and len(text) <= _WORTH_REMEMBERING:
                self._seen[text] = code
        return code

    def _look_up(self, text: str) -> _Code:
        spelling = normalised(text)
        if not spelling:
            return _Code("", RowCode.MISSING_FIELD)
        code = self._known.get(spelling)
        if code is None:
            given = unicodedata.normalize("NFC", text.strip())
            return _Code(given, code_trouble(given))
        if code == text:
            return _Code(code)
        if normalised(code) != spelling:
            return _Code(code, None, self._named)
        folded = unicodedata.normalize("NFKC", text) != text
        return _Code(code, None, NormalisationKind.FULL_WIDTH if folded else NormalisationKind.SPACE)


class TableReader:
    """Turns the cells below one header into rows and errors."""

    def __init__(self, header: Header, names: Names, notes: Notes, place: Place, *, commas: bool = False) -> None:
        """`commas`: a comma ends a cell, so that a number with thousands separators and no quotes falls apart."""
        self._header = header
        self._notes = notes
        self._place = place
        self._commas = commas
        self._metrics = _Codes(names.metrics, NormalisationKind.METRIC_NAME)
        self._areas = _Codes(names.areas, NormalisationKind.AREA_NAME)
        self._months: dict[str, tuple[str | None, NormalisationKind | None]] = {}
        self._batch = Batch()  # of the row that is being read
        self._number = 0
        for title in header.ignored.values():
            notes.add(NormalisationKind.COLUMN_IGNORED, None, title)

    def read(self, batch: Batch, number: int, cells: Sequence[Cell]) -> None:
        """Read one row into the batch."""
        self._batch, self._number = batch, number
        header = self._header
        if len(cells) < header.width:
            cells = [*cells, *[""] * (header.width - len(cells))]
        if len(cells) > header.width and not all(map(_is_blank, cells[header.width :])):
            batch.received += 1
            self._refuse(None, RowCode.MALFORMED_ROW, _first(cells[header.width :]), UNQUOTED)
            return
        written = cells[header.value]
        count = count_of(written) if isinstance(written, str) else _odd_count(written)
        if count.value is None and count.code is None:
            self._no_value(cells)
            return
        batch.received += 1
        before = len(batch.errors)
        count = self._whole(count, cells)
        if count.code:
            self._refuse("value", count.code, written, count.hint)
        metric = self._code("metric", cells[header.metric], self._metrics)
        area = self._code("area", cells[header.area], self._areas)
        month = self._month(cells[header.month])
        note = None if header.note is None else self._note(cells[header.note])
        if len(batch.errors) == before and count.value is not None:
            batch.rows.append(Row(number, metric, area, month, count.value, note))
            for kind in count.kinds:
                self._notes.add(kind, number, _text(written), str(count.value))
        else:
            batch.damaged.append(Damaged.of(number, batch.errors[before:], metric, area, month))

    def _no_value(self, cells: Sequence[Cell]) -> None:
        if all(map(_is_blank, cells)):
            self._notes.add(NormalisationKind.BLANK_ROW, self._number)
        else:
            self._batch.blank += 1

    def _whole(self, count: Count, cells: Sequence[Cell]) -> Count:
        """The count, unless it is the first group of a number that fell apart: `31,146` read as 31 with the note 146."""
        header = self._header
        if not self._commas or header.note != header.value + 1:
            return count
        first, rest = _text(cells[header.value]), _text(cells[header.note])
        if _FIRST_GROUP.fullmatch(first) and _NEXT_GROUP.fullmatch(rest):
            return Count(None, RowCode.BAD_THOUSANDS, (), SPLIT_NUMBER)
        return count

    def _code(self, column: str, cell: Cell, codes: _Codes) -> str:
        if not isinstance(cell, str):
            if code := _BROKEN.get(cell.kind):
                self._refuse(column, code, cell)
                return ""
            if cell.kind is Kind.NUMBER:
                self._notes.add(NormalisationKind.NUMBER_AS_CODE, self._number, cell.text, cell.text)
        read = codes.read(_text(cell))
        if read.trouble:
            self._refuse(column, read.trouble, cell)
        elif read.kind:
            self._notes.add(read.kind, self._number, _text(cell), read.code)
        return read.code

    def _month(self, cell: Cell) -> str:
        text = _text(cell)
        if not isinstance(cell, str) and (broken := _BROKEN.get(cell.kind)):
            self._refuse("month", broken, cell)
            return ""
        month, kind = self._month_of(text)
        if month is None:
            self._refuse("month", RowCode.MISSING_FIELD if _is_blank(cell) else RowCode.MONTH_MALFORMED, cell)
            return ""
        if kind:
            self._notes.add(kind, self._number, text, month)
        return month

    def _month_of(self, text: str) -> tuple[str | None, NormalisationKind | None]:
        known = self._months.get(text)
        if known is None:
            known = month_of(text)
            if len(self._months) < _REMEMBERED and len(text) <= _WORTH_REMEMBERING:
                self._months[text] = known
        return known

    def _note(self, cell: Cell) -> str | None:
        if not isinstance(cell, str) and (broken := _BROKEN.get(cell.kind)):
            self._refuse("note", broken, cell)
            return None
        text = _text(cell)
        if not text or text.isspace():
            return None
        note = text if text.isprintable() else _SPACE.sub(" ", text)
        note = note.strip()
        if trouble := note_trouble(note):
            self._refuse("note", trouble, cell)
        elif note != text:
            self._notes.add(NormalisationKind.SPACE, self._number, text, note)
        return note

    def _refuse(self, column: str | None, code: RowCode, cell: Cell, hint: Bilingual | None = None) -> None:
        place = None if column is None else getattr(self._header, column)
        value = None if code is RowCode.MISSING_FIELD else _text(cell)
        self._batch.errors.append(self._place(finding(code, self._number, column, value, hint), place))


def _odd_count(cell: Odd) -> Count:
    if cell.kind in _BROKEN:
        return Count(None, _BROKEN[cell.kind])
    if cell.kind is Kind.NUMBER:
        return count_of(cell.text)
    return Count(None, RowCode.NOT_A_COUNT)


def _text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell.text


def _is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and (not cell or not normalised(cell))


def _first(cells: Sequence[Cell]) -> Cell:
    return next((cell for cell in cells if not _is_blank(cell)), "")
