"""A template before it is written as CSV or XLSX: columns, rows for one organisation, and help texts."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from services.ingest.formats.rows import NOTE_LENGTH
from shared.values.bilingual import Bilingual
from shared.vocabulary import LARGEST_COUNT

TemplateValue = str | int | float | None


class CellFormat(Enum):
    """The kind of values in a column."""

    TEXT = "text"
    MONTH = "month"
    COUNT = "count"
    DECIMAL = "decimal"
    NOTE = "note"


class TemplateColumn(NamedTuple):
    """A column with its title and the values that it accepts."""

    title: str  # one that the reader of pushes understands
    format: CellFormat = CellFormat.TEXT
    editable: bool = False
    choices: tuple[str, ...] = ()  # the only accepted values; empty: any
    minimum: float = 0  # of numbers
    maximum: float = LARGEST_COUNT
    max_length: int = NOTE_LENGTH  # characters of a text


class TemplateRow(NamedTuple):
    """A row with one value for each column; None leaves the cell empty."""

    values: tuple[TemplateValue, ...]
    voluntary: bool = False
    locked: bool = False  # no cell of it can be edited


REOPENED_HELP = Bilingual(
    zh="本月仅重新开放部分数据：黄色、绿色单元格可以更正；灰色单元格已锁定，不能更正。",
    en="Only part of this month was reopened: yellow and green cells can be corrected; grey cells are locked.",
)
"""Help for a month that was reopened for a part."""


@dataclass(frozen=True, slots=True)
class Template:
    """The content of a template file."""

    sheet: Bilingual
    heading: Bilingual  # organisation, month and dataset
    columns: tuple[TemplateColumn, ...]
    rows: tuple[TemplateRow, ...]
    help: tuple[Bilingual, ...]
    empty_rows: tuple[TemplateRow, ...] = ()  # for new entries: a protected sheet does not let rows be inserted
