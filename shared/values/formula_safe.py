"""Texts in files for spreadsheet programs: none of them may be read as a formula."""

import re

_FORMULA = r"=+\-@＝﹦＋﹢－﹣−＠﹫"  # what starts a formula, and the forms that programs set to Chinese or Japanese fold into it
_BLANK = r"\s\x00-\x1f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\"'"  # what programs skip before it
# A formula may start where a cell starts: at the start of the text, or where another program sees a separator inside it.
_BEFORE = rf"(^|[,;\t\r\n])(?=[{_BLANK}]*[{_FORMULA}])|^(?='*[\t\r\n])"
_MADE_SAFE = rf"(?:(^|[,;\t\r\n])'(?=[{_BLANK}]*[{_FORMULA}])|^'(?='*[\t\r\n]))"
_UNSAFE = re.compile(_BEFORE)
_SAFE = re.compile(_MADE_SAFE)
_NUMBER = re.compile(r"-[0-9]+(?:\.[0-9]+)?")


def formula_safe(text: str) -> str:
    """Return a text as a CSV cell, with an apostrophe before anything that could start a formula; negative numbers stay."""
    if _NUMBER.fullmatch(text):
        return text
    return _UNSAFE.sub(lambda found: (found[1] or "") + "'", text)


def as_written(text: str) -> str:
    """Return the text that `formula_safe` made a cell of."""
    return _SAFE.sub(lambda found: found[1] or "", text)
