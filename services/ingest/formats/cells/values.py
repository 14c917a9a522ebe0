"""Reads counts and months in the spellings that people type into sheets."""

import re
from datetime import date, timedelta
from typing import NamedTuple

from services.ingest.formats.row_errors import LOST_DIGITS_HINT, SCIENTIFIC_HINT
from services.ingest.formats.value_checks import count_error, is_month
from shared.values.bilingual import Bilingual
from shared.vocabulary import NormalisationKind, RowCode

_LONGEST_PLAIN = 15  # digits that are always at most 2^53 − 1
# Only these: NFKC would also read 10² as 102 and ① as 1.
_FULL_WIDTH = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20}
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_MINUS = str.maketrans({"\u2212": "-", "\u2012": "-", "\u2013": "-"})
_PLACEHOLDERS = re.compile(
    r"-{1,3}|[\u2014\u2013]{1,2}|/{1,2}|\\|\*|\.{1,3}|\u2026|\?|[×xX]|[无無空缺]|暂无|未填|待[补定]|没有|无数据|不适用|n/?a|null|none|nil|nan|tbd",
    re.IGNORECASE,
)
_ERROR_WORD = re.compile(r"#(?:[A-Z_]+(?:/[A-Z0-9])?[!?]|N/A|#+|GETTING_DATA)")
_PLAIN = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?")
_GROUPED = re.compile(r"([+-]?)([1-9][0-9]{0,2}(?:,[0-9]{3})+)(?:\.([0-9]*))?")
_DIGITS_AND_SEPARATORS = re.compile(r"[+-]?[0-9][0-9, '’]*(?:\.[0-9,]*)?|[+-]?,[0-9,]*(?:\.[0-9,]*)?")
_SCIENTIFIC = re.compile(r"[+-]?[0-9.]+[eE][+-]?[0-9]+")
_ACCOUNTING = re.compile(r"\([0-9,.]+\)")

_OCTOBER_OR_JANUARY = re.compile(r"(20[0-9]{2})\.1")  # a number drops the zero of 2022.10
_SERIAL_NUMBER = re.compile(r"3[6-9][0-9]{3}|[4-6][0-9]{4}|7[0-2][0-9]{3}")  # of days from 1998 to 2099
_FIRST_DAY = date(1899, 12, 30)  # of the serial numbers of spreadsheet programs
_LONGEST_MONTH = 40  # characters of a text that hints are given for
_MONTH_FORMS = re.compile(r"([0-9]{4})(?:[-/.]([0-9]{1,2})|([0-9]{2})|\s*年\s*([0-9]{1,2})\s*月份?)")
_MONTH_OF_YEAR = re.compile(r"(1[0-2]|0?[1-9])\s*月份?")
_YEAR = re.compile(r"(20[0-9]{2})年?度?")
_DATE_FORMS = re.compile(r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})日)(?:[ T]00:00(?::00)?)?")


class ParsedCount(NamedTuple):
    """A count, or the code of its error; neither if the cell is blank."""

    value: int | None
    code: RowCode | None = None
    normalisations: tuple[NormalisationKind, ...] = ()
    hint: Bilingual | None = None


def parse_count(text: str) -> ParsedCount:
    """Read a text as a count."""
    if text.isascii() and text.isdigit() and len(text) <= _LONGEST_PLAIN and (text[0] != "0" or len(text) == 1):
        return ParsedCount(int(text))
    stripped = text.translate(_INVISIBLE).strip()
    folded = stripped.translate(_FULL_WIDTH)
    if not folded:
        return ParsedCount(None)
    normalisations = []
    if stripped != text:
        normalisations.append(NormalisationKind.SPACE)
    if folded != stripped:
        normalisations.append(NormalisationKind.FULL_WIDTH)
    return _parse_number(folded, normalisations)


def _parse_number(folded: str, normalisations: list[NormalisationKind]) -> ParsedCount:
    if _PLACEHOLDERS.fullmatch(folded):
        return ParsedCount(None, RowCode.PLACEHOLDER)
    folded = folded.translate(_MINUS)
    plain = _PLAIN.fullmatch(folded)
    match = plain or _GROUPED.fullmatch(folded)
    if match is None or not any(match.groups()[1:]):
        return _number_error(folded)
    sign, digits, decimals = match[1], match[2].replace(",", ""), match[3]
    if sign == "-" and (digits + (decimals or "")).strip("0"):
        return ParsedCount(None, RowCode.NEGATIVE)
    if (decimals or "").strip("0") or not digits:
        return ParsedCount(None, RowCode.FRACTION)
    significant = digits.lstrip("0") or "0"
    if plain is None:
        normalisations.append(NormalisationKind.THOUSANDS)
    if decimals is not None:
        normalisations.append(NormalisationKind.WHOLE_DECIMAL)
    if significant != digits:
        normalisations.append(NormalisationKind.LEADING_ZEROS)
    value = int(significant[:20])  # longer ones have too many digits in any case
    code = count_error(value)
    return ParsedCount(None, code) if code else ParsedCount(value, None, tuple(normalisations))


def _number_error(folded: str) -> ParsedCount:
    if folded.endswith(("%", "\u2030")) or folded.startswith("百分之"):
        return ParsedCount(None, RowCode.PERCENT)
    if is_error_word(folded):
        return ParsedCount(None, RowCode.ERROR_CELL)
    if _ACCOUNTING.fullmatch(folded):
        return ParsedCount(None, RowCode.NEGATIVE)
    if _DIGITS_AND_SEPARATORS.fullmatch(folded):
        return ParsedCount(None, RowCode.BAD_THOUSANDS)
    return ParsedCount(None, RowCode.NOT_A_COUNT, (), SCIENTIFIC_HINT if _SCIENTIFIC.fullmatch(folded) else None)


def is_error_word(text: str) -> bool:
    """Return whether a text is what a spreadsheet program shows for an error: #REF!, #N/A, ####."""
    return text.startswith("#") and _ERROR_WORD.fullmatch(text.strip().upper()) is not None


def month_of_year(text: str) -> int | None:
    """Return the month that a text names without its year: 8月, 8; None if it is none."""
    match = _MONTH_OF_YEAR.fullmatch(_folded(text))
    return int(match[1]) if match else None


def month_hint(text: str) -> Bilingual | None:
    """Return how to write a text that is no month but may be meant as one; None if nothing is known."""
    folded = _folded(text)
    if number := month_of_year(folded if folded.endswith(("月", "份")) else f"{folded}月"):
        return Bilingual(
            zh=f"请写明年份，如 2022-{number:02}，或在表上方写明年份",
            en=f"name the year: 2022-{number:02}, or the year above the table",
        )
    if match := _OCTOBER_OR_JANUARY.fullmatch(folded):
        year = match[1]
        return Bilingual(
            zh=f"{year}.1 可能是 {year}-01，也可能是去掉了末尾零的 {year}-10；请按此写法填写其中之一",
            en=f"write {year}-01, or {year}-10 if a final zero was dropped",
        )
    if _SERIAL_NUMBER.fullmatch(folded):
        day = _FIRST_DAY + timedelta(days=int(folded))
        return Bilingual(
            zh=f"{folded} 像是日期 {day} 的序列号；请把单元格设为日期格式，或写成 {day:%Y-%m}",
            en=f"{folded} is the serial number of the date {day}; format the cell as a date, or write {day:%Y-%m}",
        )
    return None


def lost_digits_hint(text: str) -> Bilingual | None:
    """Return a hint for a number that a spreadsheet program wrote as 5.00112E+08; None for any other text."""
    return LOST_DIGITS_HINT if _SCIENTIFIC.fullmatch(_folded(text)) else None


def _folded(text: str) -> str:
    return text[:_LONGEST_MONTH].translate(_INVISIBLE).translate(_FULL_WIDTH).strip()


def parse_month(text: str) -> tuple[str | None, NormalisationKind | None]:
    """Return the month of a text as `YYYY-MM` and the normalisation it needed. None: no month from 2000 to 2099."""
    if is_month(text):
        return text, None
    folded = text.translate(_INVISIBLE).translate(_FULL_WIDTH).strip()
    if _OCTOBER_OR_JANUARY.fullmatch(folded):
        return None, None
    if match := _MONTH_FORMS.fullmatch(folded):
        month, normalisation = f"{match[1]}-{int(match[2] or match[3] or match[4]):02}", NormalisationKind.MONTH_FORM
    elif match := _DATE_FORMS.fullmatch(folded):
        month, normalisation = _month_of_date(match), NormalisationKind.DATE_AS_MONTH
    else:
        return None, None
    return (month, normalisation) if is_month(month) else (None, None)


def names_month(text: str) -> bool:
    """Return whether a text is a month, with or without its year: 2022-08, 8月."""
    return parse_month(text)[0] is not None or _MONTH_OF_YEAR.fullmatch(_folded(text)) is not None


def agrees_with_month(text: str, month: str) -> bool:
    """Return whether a text means a month, its year, or its number: 2022年8月, 2022年度, 8月 or 8."""
    folded = _folded(text)
    if match := _YEAR.fullmatch(folded):
        return match[1] == month[:4]
    if match := _MONTH_OF_YEAR.fullmatch(folded + ("月" if folded.isdigit() else "")):
        return int(match[1]) == int(month[5:])
    return parse_month(text)[0] == month


def _month_of_date(match: re.Match[str]) -> str:
    try:
        day = date(int(match[1]), int(match[3] or match[5]), int(match[4] or match[6]))
    except ValueError:
        return ""
    return f"{day:%Y-%m}"
