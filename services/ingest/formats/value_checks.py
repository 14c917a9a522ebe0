"""Checks of single values that every format shares."""

import re
import unicodedata

from services.ingest.formats.rows import CODE_LENGTH, NOTE_LENGTH
from shared.vocabulary import LARGEST_COUNT, RowCode

_DIGITS = 16
_MONTH = re.compile(r"20[0-9]{2}-(?:0[1-9]|1[0-2])")


def is_month(text: str) -> bool:
    """Whether the text is a month as codes are written, 2000-01 … 2099-12."""
    return _MONTH.fullmatch(text) is not None


def text_error(text: str, longest: int) -> RowCode | None:
    """What is wrong with a text that is to be stored or looked up, if anything."""
    if len(text) > longest:
        return RowCode.TEXT_TOO_LONG
    if text.isprintable():
        return None
    return RowCode.BAD_TEXT if any(unicodedata.category(c) in {"Cc", "Cs"} for c in text) else None


def code_error(text: str) -> RowCode | None:
    """What is wrong with a text that is to be a code or a name."""
    return text_error(text, CODE_LENGTH)


def note_error(text: str) -> RowCode | None:
    """What is wrong with a note."""
    return text_error(text, NOTE_LENGTH)


def count_error(value: int) -> RowCode | None:
    """What is wrong with a whole number that is to be a count."""
    if value < 0:
        return RowCode.NEGATIVE
    if value <= LARGEST_COUNT:
        return None
    return RowCode.TOO_LARGE if value < 10**_DIGITS else RowCode.TOO_MANY_DIGITS
