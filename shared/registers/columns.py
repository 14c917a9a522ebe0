"""Registers and their typed columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from shared.values.bilingual import Bilingual
from shared.vocabulary import LARGEST_COUNT, ColumnKind, RegisterCode, RegisterCount

_NAME_LENGTH = 200
ID_LENGTH = 63


def titled(zh: str, en: str) -> Bilingual:
    """Return a title."""
    return Bilingual(zh=zh, en=en)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a register's rows."""

    name: str
    kind: ColumnKind
    title: Bilingual
    required: bool = True
    words: tuple[str, ...] = ()  # other names of the column in headers
    least: float = 0  # of whole and decimal numbers
    most: float = LARGEST_COUNT
    longest: int = _NAME_LENGTH  # characters of a text
    units: tuple[str, ...] = ()  # of whole numbers
    orgs: bool = False  # the codes of the organisations that keep the register are allowed
    example: object = None


MONTH = Column("month", ColumnKind.MONTH, titled("月份", "Month"), words=("统计月份", "数据月份", "报告月份"), example="2022-08")
AREA = Column(
    "area", ColumnKind.AREA, titled("街道", "Subdistrict"), words=("street", "区域", "区域代码", "所属街道"), example="500112022"
)
BUILDING = Column(
    "building", ColumnKind.KEY, titled("楼栋编号", "Building id"), words=("楼栋",), longest=ID_LENGTH, example="KM-001-01"
)
NOTE = Column("note", ColumnKind.TEXT, titled("备注", "Note"), required=False, words=("说明", "notes", "remarks"), longest=500)


@dataclass(frozen=True)
class Register:
    """A monthly list of records, such as base stations."""

    code: RegisterCode
    schema: str  # name of its rows in the OpenAPI files
    about: str  # one English sentence for the OpenAPI files
    key: tuple[str, ...]  # the columns that identify a row within an organisation's month
    columns: tuple[Column, ...]  # the month first, then in the order of templates
    counts: tuple[RegisterCount, ...]  # that may change with its rows
    shared: bool  # other organisations' registers refer to its rows: carriers and subdistrict offices may read them all

    @property
    def dataset(self) -> str:
        """Its name in imports."""
        return f"registers/{self.code}"

    @cached_property
    def by_name(self) -> Mapping[str, Column]:
        """The columns by their names."""
        return {column.name: column for column in self.columns}

    @property
    def by_area(self) -> bool:
        """True if its rows have an area; rows of the others are in the area of the record that they refer to."""
        return AREA.name in self.by_name

    @property
    def required(self) -> tuple[str, ...]:
        """The columns that every row must fill."""
        return tuple(column.name for column in self.columns if column.required)
