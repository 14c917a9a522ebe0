"""Reads the texts of a column as codes."""

import unicodedata
from collections.abc import Mapping
from typing import NamedTuple

from services.ingest.formats.cells.labels import is_signature, is_total
from services.ingest.formats.rows import CODE_LENGTH
from services.ingest.formats.value_checks import code_error
from shared.values.spelling import normalised
from shared.vocabulary import NormalisationKind, RowCode

CACHED_TEXTS = 10_000  # distinct texts that are remembered for a column
CACHED_TEXT_LENGTH = 2 * CODE_LENGTH  # characters: longer texts are no codes or titles, and hardly ever repeated


class ParsedCode(NamedTuple):
    """A text read as a code, with its error or normalisation."""

    code: str
    error: RowCode | None = None
    normalisation: NormalisationKind | None = None
    is_signature: bool = False  # a signature or a remark


class CodeReader:
    """Reads texts as codes, each distinct text once."""

    def __init__(self, codes: Mapping[str, str], name_kind: NormalisationKind) -> None:
        """`codes`: code by spelling; `name_kind`: the normalisation of a name that is replaced by its code."""
        self._codes = codes
        self._name_kind = name_kind
        self._cache: dict[str, ParsedCode] = {}

    def read(self, text: str) -> ParsedCode:
        """Return the code that a text means."""
        code = self._cache.get(text)
        if code is None:
            code = self._parse(text)
            if len(self._cache) < CACHED_TEXTS and len(text) <= CACHED_TEXT_LENGTH:
                self._cache[text] = code
        return code

    def _parse(self, text: str) -> ParsedCode:
        spelling = normalised(text)
        if not spelling:
            return ParsedCode("", RowCode.MISSING_FIELD)
        code = self._codes.get(spelling)
        if code is None:
            unknown = unicodedata.normalize("NFC", text.strip())
            if is_total(unknown):
                return ParsedCode(unknown, RowCode.TOTAL_UNCHECKED)
            return ParsedCode(unknown, code_error(unknown), is_signature=is_signature(unknown))
        if code == text:
            return ParsedCode(code)
        if normalised(code) != spelling:
            return ParsedCode(code, None, self._name_kind)
        is_full_width = unicodedata.normalize("NFKC", text) != text
        return ParsedCode(code, None, NormalisationKind.FULL_WIDTH if is_full_width else NormalisationKind.SPACE)
