"""Texts of a column read as codes: every text once."""

import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from services.ingest.formats.cells.labels import is_signature, is_total
from services.ingest.formats.cells.limits import code_trouble
from services.ingest.formats.rows import CODE_LENGTH
from shared.values.spelling import normalised
from shared.vocabulary import NormalisationKind, RowCode

REMEMBERED = 10_000  # distinct texts of a column
WORTH_REMEMBERING = 2 * CODE_LENGTH  # characters: titles are about as long as codes


class Code(NamedTuple):
    """A text read as a code."""

    code: str
    trouble: RowCode | None = None
    kind: NormalisationKind | None = None
    aside: bool = False  # no code at all: a signature or a remark


class Codes:
    """Reads the texts of one column as codes."""

    def __init__(self, known: Mapping[str, str], named: NormalisationKind) -> None:
        """`known`: spelling → code. `named`: what it is to write a name for a code."""
        self._known = known
        self._named = named
        self._seen: dict[str, Code] = {}

    def read(self, text: str) -> Code:
        """The code a text means."""
        code = self._seen.get(text)
        if code is None:
            code = self._look_up(text)
            if len(self._seen) < REMEMBERED and len(text) <= WORTH_REMEMBERING:
                self._seen[text] = code
        return code

    def _look_up(self, text: str) -> Code:
        spelling = normalised(text)
        if not spelling:
            return Code("", RowCode.MISSING_FIELD)
        code = self._known.get(spelling)
        if code is None:
            given = unicodedata.normalize("NFC", text.strip())
            if is_total(given):
                return Code(given, RowCode.TOTAL_UNCHECKED)
            return Code(given, code_trouble(given), aside=is_signature(given))
        if code == text:
            return Code(code)
        if normalised(code) != spelling:
            return Code(code, None, self._named)
        folded = unicodedata.normalize("NFKC", text) != text
        return Code(code, None, NormalisationKind.FULL_WIDTH if folded else NormalisationKind.SPACE)
