"""Checks of single values that all formats share. Each returns the code of the error, if there is one."""

import re
import unicodedata

from services.ingest.formats.rows import CODE_LENGTH, NOTE_LENGTH
from shared.values.months import MONTH_PATTERN
from shared.vocabulary import LARGEST_COUNT, RowCode

_DIGITS_MAX = 16
_MONTH = re.compile(MONTH_PATTERN)


def is_month(text: str) -> bool:
    """Return whether the text is a month from 2000-01 to 2099-12 in the form YYYY-MM."""
    return _MONTH.fullmatch(text) is not None


def text_error(text: str, max_length: int) -> RowCode | None:
    """Check a text for its length and for control characters."""
    if len(text) > max_length:
        return RowCode.TEXT_TOO_LONG
    if text.isprintable():
        return None
    return RowCode.BAD_TEXT if any(unicodedata.category(c) in {"Cc", "Cs"} for c in text) else None


def code_error(text: str) -> RowCode | None:
    """Check a text that is a code or a name."""
    return text_error(text, CODE_LENGTH)


def note_error(text: str) -> RowCode | None:
    """Check a note."""
    return text_error(text, NOTE_LENGTH)


def count_error(value: int) -> RowCode | None:
    """Check that a whole number is in the range of counts."""
    if value < 0:
        return RowCode.NEGATIVE
    if value <= LARGEST_COUNT:
        return None
    return RowCode.TOO_LARGE if value < 10**_DIGITS_MAX else RowCode.TOO_MANY_DIGITS
