"""Texts that a person would call a number, whether they can be read as a count or not."""

import re

from services.ingest.formats.cells.cell import CellKind, SheetCell, cell_text, read_count
from services.ingest.formats.cells.units import is_unit
from services.ingest.formats.cells.values import is_error_word, parse_count, parse_month
from services.ingest.formats.rows import Names
from shared.values.spelling import normalised
from shared.vocabulary import RowCode

_LENGTH_MAX = 60  # characters
_NUMBER = re.compile(
    r"""
    (?: 约 | 近 | 超 | [<>≤≥~±] )? \s*+ [(+-]? \s*+ [¥$]? \s*+
    (?: [0-9][0-9,. ']*+ | \.[0-9]++ ) (?: e[+-]?[0-9]++ )? \s*+ \)? \s*+
    (?: % | ‰ | (?P<unit>[^\x00-\x7f]{1,8}) )?
    """,
    re.VERBOSE,
)
_FIRST_GROUP = re.compile(r"[1-9][0-9]{0,2}")
_NEXT_GROUP = re.compile(r"[0-9]{3}")
_MULTIPLES = "十百千万亿"
_WITHOUT_RESULT = frozenset({RowCode.ERROR_CELL, RowCode.FORMULA_WITHOUT_VALUE})


def is_number_text(cell: SheetCell) -> bool:
    """Return whether a cell holds a number, or a text that a person would call one: 12 034, 1.2万, 5户, 38%, (3).

    Latin letters behind digits make a title: 500M, 5G, 10G-PON.
    """
    if not isinstance(cell, str):
        return cell.kind not in {CellKind.DATE, CellKind.BOOLEAN, CellKind.ERROR, CellKind.UNCALCULATED} and _is_number(cell.text)
    return _is_number(cell)


def _is_number(text: str) -> bool:
    if not text or len(text) > _LENGTH_MAX or not any(map(str.isdigit, text)):
        return False
    match = _NUMBER.fullmatch(normalised(text).replace("\u2212", "-"))
    if match is None:
        return False
    unit = (match["unit"] or "").strip()
    return not unit or is_unit(unit) or unit[0] in _MULTIPLES


def is_title(cell: SheetCell) -> bool:
    """Return whether a cell is a text that cannot be meant as a count."""
    return isinstance(cell, str) and parse_count(cell).code is RowCode.NOT_A_COUNT and not is_number_text(cell)


def is_split_number(first: SheetCell, second: SheetCell) -> bool:
    """Return whether two cells of a CSV look like one number that was split at its thousands separator: 31 and 146."""
    return bool(_FIRST_GROUP.fullmatch(cell_text(first)) and _NEXT_GROUP.fullmatch(cell_text(second)))


def holds_number(cell: SheetCell, names: Names) -> bool:
    """Return whether a cell holds a number that is not the code of a metric or an area. 202208 may be a month: it is one here.

    So does an error, or a formula without a saved result: what it was meant to show is not known.
    """
    if is_without_result(cell):
        return True
    if not is_number_text(cell):
        return False
    spelling = normalised(cell if isinstance(cell, str) else cell.text)
    return spelling not in names.areas and spelling not in names.metrics


def is_without_result(cell: SheetCell) -> bool:
    """Return whether a cell has an error (#REF!), or a formula that was saved without its result."""
    if isinstance(cell, str):
        return is_error_word(cell)
    return cell.kind in {CellKind.ERROR, CellKind.UNCALCULATED}


def unread_code(cell: SheetCell) -> RowCode:
    """Return the error of a cell with a number that no table reads."""
    code = read_count(cell).code
    return code if code in _WITHOUT_RESULT else RowCode.UNREAD_NUMBER


def is_name(text: str, names: Names) -> bool:
    """Return whether a text names a metric, an area or a month."""
    spelling = normalised(text)
    return bool(spelling in names.areas or spelling in names.metrics or parse_month(text)[0])
