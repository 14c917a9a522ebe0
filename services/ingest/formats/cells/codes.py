"""Reads the cells of columns of names as codes, and of months as YYYY-MM."""

import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from services.ingest.formats.cells.cell import BROKEN_CELLS, CellKind, SheetCell, shown_text
from services.ingest.formats.cells.labels import bare_name, code_named, is_total
from services.ingest.formats.cells.units import split_unit
from services.ingest.formats.cells.values import month_hint, month_of_year, parse_month
from services.ingest.formats.rows import CODE_LENGTH
from services.ingest.formats.value_checks import code_error
from shared.values.bilingual import Bilingual
from shared.values.spelling import normalised
from shared.vocabulary import NormalisationKind, RowCode

_CACHED_TEXTS = 10_000  # distinct texts that are remembered for a column
_CACHED_TEXT_LENGTH = 2 * CODE_LENGTH  # characters: longer texts are no codes or titles, and hardly ever repeated


class ParsedCode(NamedTuple):
    """A cell read as a code, with its error or normalisation."""

    code: str
    error: RowCode | None = None
    normalisation: NormalisationKind | None = None
    is_known: bool = False  # a metric, an area or a month
    unit: str = ""  # in brackets behind a name
    is_total: bool = False
    is_number: bool = False  # a number cell that was read as a code
    hint: Bilingual | None = None  # on how to correct the error, instead of its usual hint


class CodeReader:
    """Reads the cells of a column of names as codes, each distinct text once."""

    def __init__(self, codes: Mapping[str, str], name_kind: NormalisationKind) -> None:
        """`codes`: code by spelling; `name_kind`: the normalisation of a name that is replaced by its code."""
        self._codes = codes
        self._name_kind = name_kind
        self._cache: dict[str, ParsedCode] = {}

    def read(self, cell: SheetCell) -> ParsedCode:
        """Return the code that a cell means."""
        if isinstance(cell, str):
            return self._read_text(cell)
        if error := BROKEN_CELLS.get(cell.kind):
            return ParsedCode("", error)
        parsed = self._read_text(cell.text)
        return parsed._replace(is_number=True) if cell.kind is CellKind.NUMBER else parsed

    def _read_text(self, text: str) -> ParsedCode:
        code = self._cache.get(text)
        if code is None:
            code = self._parse(text)
            if len(self._cache) < _CACHED_TEXTS and len(text) <= _CACHED_TEXT_LENGTH:
                self._cache[text] = code
        return code

    def _parse(self, text: str) -> ParsedCode:
        spelling = normalised(text)
        if not spelling:
            return ParsedCode("", RowCode.MISSING_FIELD)
        code, unit = self._find(text)
        if code is None:
            unknown = unicodedata.normalize("NFC", text.strip())
            if is_total(unknown):
                return ParsedCode(unknown, RowCode.TOTAL_UNCHECKED, is_total=True)
            return ParsedCode(unknown, code_error(unknown))
        if code == text:
            return ParsedCode(code, is_known=True)
        if normalised(code) != spelling:
            return ParsedCode(code, None, self._name_kind, is_known=True, unit=unit)
        is_full_width = unicodedata.normalize("NFKC", text) != text
        kind = NormalisationKind.FULL_WIDTH if is_full_width else NormalisationKind.SPACE
        return ParsedCode(code, None, kind, is_known=True)

    def _find(self, text: str) -> tuple[str | None, str]:
        """Return the code of a name as it is, without numbering and marks, or without its unit as well; and the unit."""
        if code := code_named(self._codes, text):
            return code, ""
        base, unit = split_unit(bare_name(text))
        return (self._codes.get(normalised(base)), unit) if unit else (None, "")


class MonthReader:
    """Reads the cells of a column of months, each distinct text once."""

    def __init__(self) -> None:
        self._cache: dict[str, ParsedCode] = {}
        self._year: int | None = None

    def set_year(self, year: int | None) -> None:
        """Set the year of months that are named without one; None: they are errors."""
        if year != self._year:
            self._year = year
            self._cache.clear()

    def read(self, cell: SheetCell) -> ParsedCode:
        """Return the month that a cell means."""
        if not isinstance(cell, str) and (error := BROKEN_CELLS.get(cell.kind)):
            return ParsedCode("", error)
        text = shown_text(cell)
        parsed = self._cache.get(text)
        if parsed is None:
            parsed = _parse_month(text, self._year)
            if len(self._cache) < _CACHED_TEXTS and len(text) <= _CACHED_TEXT_LENGTH:
                self._cache[text] = parsed
        return parsed


def _parse_month(text: str, year: int | None) -> ParsedCode:
    month, kind = parse_month(text)
    if month is not None:
        return ParsedCode(month, None, kind, is_known=True)
    if year and (number := month_of_year(text)):
        return ParsedCode(f"{year}-{number:02}", None, NormalisationKind.MONTH_FORM, is_known=True)
    if is_total(text):
        return ParsedCode("", RowCode.MONTH_MALFORMED, is_total=True)
    if not normalised(text):
        return ParsedCode("", RowCode.MISSING_FIELD)
    return ParsedCode("", RowCode.MONTH_MALFORMED, hint=month_hint(text))
