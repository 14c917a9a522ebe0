"""Texts in files for spreadsheet programs: none of them may be read as a formula.

A formula may start where a cell starts: at the start of the text, or where another program sees a separator inside it.
Each run of blanks is matched once, from its first character, so that the time is proportional to the length of the text.
"""

import re

_FORMULA = r"=+\-@＝﹦＋﹢－﹣−＠﹫"  # what starts a formula, and the forms that programs set to Chinese or Japanese fold into it
_BLANK = r"\s\x00-\x1f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\"'"  # what programs skip before it
_BLANK_SEPARATORS = "\t\r\n"
_STARTS = re.compile(rf"[{_BLANK}]*+[{_FORMULA}]|'*+[\t\r\n]")
_BEFORE = re.compile(rf"(?<=[,;])(?=[{_FORMULA}])|(?<![{_BLANK}])[{_BLANK}]++(?=[{_FORMULA}])")
_NUMBER = re.compile(r"-[0-9]+(?:\.[0-9]+)?")


def formula_safe(text: str) -> str:
    """Return a text as a CSV cell, with an apostrophe before anything that could start a formula; negative numbers stay."""
    if _NUMBER.fullmatch(text):
        return text
    return ("'" if _STARTS.match(text) else "") + _BEFORE.sub(_with_apostrophes, text)


def as_written(text: str) -> str:
    """Return the text that `formula_safe` made a cell of."""
    if "'" not in text:
        return text
    return _BEFORE.sub(_without_apostrophes, text[1:] if text[0] == "'" and _STARTS.match(text, 1) else text)


def _with_apostrophes(blanks: re.Match[str]) -> str:
    text = blanks[0]
    for separator in _BLANK_SEPARATORS:
        text = text.replace(separator, f"{separator}'")
    return f"'{text}" if _follows_separator(blanks) else text


def _without_apostrophes(blanks: re.Match[str]) -> str:
    text = blanks[0]
    for separator in _BLANK_SEPARATORS:
        text = text.replace(f"{separator}'", separator)
    return text.removeprefix("'") if _follows_separator(blanks) else text


def _follows_separator(blanks: re.Match[str]) -> bool:
    """Return whether the blanks follow a separator that is no blank."""
    return blanks.string[blanks.start() - 1 : blanks.start()] in {",", ";"}
