"""Texts of a column read as codes: every text once."""

import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from services.ingest.formats.cells.labels import is_signature, is_total
from services.ingest.formats.rows import CODE_LENGTH
from services.ingest.formats.value_checks import code_error
from shared.values.spelling import normalised
from shared.vocabulary import NormalisationKind, RowCode

CACHED_TEXTS = 10_000  # distinct texts of a column
CACHED_TEXT_LENGTH = 2 * CODE_LENGTH  # characters: titles are about as long as codes


class ParsedCode(NamedTuple):
    """A text read as a code."""

    code: str
    trouble: RowCode | None = None
    kind: NormalisationKind | None = None
    aside: bool = False  # no code at all: a signature or a remark


class CodeReader:
    """Reads the texts of one column as codes."""

    def __init__(self, known: Mapping[str, str], named: NormalisationKind) -> None:
        """`known`: spelling → code. `named`: what it is to write a name for a code."""
        self._known = known
        self._named = named
        self._seen: dict[str, ParsedCode] = {}

    def read(self, text: str) -> ParsedCode:
        """The code a text means."""
        code = self._seen.get(text)
        if code is None:
            code = self._look_up(text)
            if len(self._seen) < CACHED_TEXTS and len(text) <= CACHED_TEXT_LENGTH:
                self._seen[text] = code
        return code

    def _look_up(self, text: str) -> ParsedCode:
        spelling = normalised(text)
        if not spelling:
            return ParsedCode("", RowCode.MISSING_FIELD)
        code = self._known.get(spelling)
        if code is None:
            given = unicodedata.normalize("NFC", text.strip())
            if is_total(given):
                return ParsedCode(given, RowCode.TOTAL_UNCHECKED)
            return ParsedCode(given, code_error(given), aside=is_signature(given))
        if code == text:
            return ParsedCode(code)
        if normalised(code) != spelling:
            return ParsedCode(code, None, self._named)
        folded = unicodedata.normalize("NFKC", text) != text
        return ParsedCode(code, None, NormalisationKind.FULL_WIDTH if folded else NormalisationKind.SPACE)
