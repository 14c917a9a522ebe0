"""What a template holds, whatever the format: columns, rows made out for one organisation, and a word of help."""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from services.ingest.formats.rows import NOTE_LENGTH
from shared.values.bilingual import Bilingual
from shared.vocabulary import LARGEST_COUNT

CellValue = str | int | float | None


class CellFormat(Enum):
    """What is to stand in a column."""

    TEXT = "text"
    MONTH = "month"
    COUNT = "count"
    DECIMAL = "decimal"
    NOTE = "note"


class TemplateColumn(NamedTuple):
    """A column; one that is open is the sender's to fill in."""

    title: str  # as the reader of pushes knows it
    kind: CellFormat = CellFormat.TEXT
    open: bool = False
    choices: tuple[str, ...] = ()  # what may stand in it; empty: anything
    least: float = 0  # of numbers
    most: float = LARGEST_COUNT
    longest: int = NOTE_LENGTH  # characters of a text


class TemplateRow(NamedTuple):
    """A row: one cell a column, None where nothing stands yet."""

    cells: tuple[CellValue, ...]
    voluntary: bool = False
    locked: bool = False  # nothing of it may change


REOPENED_HELP = Bilingual(
    zh="本月只为部分数据重新打开：黄色、绿色单元格可以更正，灰色的已锁定，改动不会入库。",
    en="The month was opened again for some of it: yellow and green cells may be corrected, grey ones are locked and stay.",
)
"""What the help of a template says of such a month."""


@dataclass(frozen=True, slots=True)
class Template:
    """One template, made out."""

    sheet: Bilingual
    heading: Bilingual  # whose template of which month it is
    columns: tuple[TemplateColumn, ...]
    lines: tuple[TemplateRow, ...]
    help: tuple[Bilingual, ...]
    spare: tuple[TemplateRow, ...] = ()  # room for more, where rows cannot be added
