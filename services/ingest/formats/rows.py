"""What every format is read into."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from shared.values.bilingual import Bilingual
from shared.vocabulary import NormalisationKind, RowCode

NOTE_LENGTH = 500  # characters
CODE_LENGTH = 100  # characters; longer texts are no codes or names
SHOWN_LENGTH = 64  # characters of an offending value that are repeated


class Names(Protocol):
    """What metrics and areas may be called: `shared.spelling.normalised` text (code, title, alias) → code."""

    @property
    def metrics(self) -> Mapping[str, str]:
        """Spelling → metric code."""

    @property
    def areas(self) -> Mapping[str, str]:
        """Spelling → area code."""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """How much of a body is read. The size of the body itself is the caller's to limit."""

    max_rows: int = 1_000_000
    batch_rows: int = 2_000
    line_bytes: int = 64 << 10  # of an NDJSON or CSV line
    depth: int = 32  # of nesting in JSON
    xlsx_inflated_bytes: int = 64 << 20
    xlsx_entries: int = 1_000  # parts in the workbook's zip
    xlsx_cells: int = 4_000_000  # the rectangle around a sheet's cells
    xlsx_memory_bytes: int = 640 << 20  # address space of the process that reads workbooks
    xlsx_cpu_s: int = 20
    xlsx_silence_s: float = 30.0  # longest wait for that process


class Row(NamedTuple):
    """One count as sent. `metric` and `area` are codes if the sender's spelling is known, else as given."""

    number: int  # as the sender counts: line, spreadsheet row, or place in `observations`, from 1
    metric: str
    area: str
    month: str  # YYYY-MM, 2000-01 … 2099-12
    value: int  # 0 … 2^53 − 1
    note: str | None


@dataclass(slots=True)
class Rows:
    """Rows in columns of one length, in the sender's order: an object for each would cost more than reading it."""

    numbers: list[int] = field(default_factory=list)
    metrics: list[str] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    months: list[str] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    notes: list[str | None] = field(default_factory=list)

    def append(self, row: Row) -> None:
        """Add a row."""
        for column, value in zip(self.columns, row, strict=True):
            column.append(value)

    def extend(self, others: "Rows") -> None:
        """Add the rows of others."""
        for column, more in zip(self.columns, others.columns, strict=True):
            column.extend(more)

    def of(self, places: Sequence[int]) -> "Rows":
        """Those at some places."""
        return Rows(*([column[place] for place in places] for column in self.columns))

    def without(self, numbers: Collection[int]) -> "Rows":
        """Those that do not bear one of the numbers."""
        return self.of([place for place, number in enumerate(self.numbers) if number not in numbers])

    @property
    def columns(self) -> tuple[list[Any], ...]:
        """In the order of a row's fields."""
        return (self.numbers, self.metrics, self.areas, self.months, self.values, self.notes)

    def __len__(self) -> int:
        """How many."""
        return len(self.numbers)

    def __iter__(self) -> Iterator[Row]:
        """Each as one."""
        return map(Row, *self.columns)


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing wrong with one row."""

    row: int | None
    column: str | None  # metric, area, month, value, note, or the unknown field
    code: RowCode
    value: str | None  # cut at 64 characters, see `shown`
    message: Bilingual
    hint: Bilingual | None = None
    cell: str | None = None  # D7, in spreadsheets
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Normalisation:
    """Something that was read generously, and how often."""

    kind: NormalisationKind
    count: int
    rows: tuple[int, ...]  # the first few
    before: str | None  # in the first of them
    after: str | None


class PartialRow(NamedTuple):
    """What can be read of a row that holds an error, so that its other fields are judged in the same pass."""

    number: int
    metric: str | None  # None: this field is wrong or missing
    area: str | None
    month: str | None

    @classmethod
    def of(cls, number: int, errors: Sequence[RowError], metric: str, area: str, month: str) -> "PartialRow":
        """The fields that none of the row's errors is about."""
        wrong = {error.column for error in errors}
        fields = {"metric": metric, "area": area, "month": month}
        return cls(number, *(None if column in wrong else text for column, text in fields.items()))


class SummedRows(NamedTuple):
    """The rows that a total adds up: those of some codes between two rows."""

    after: int
    before: int
    key: tuple[str | None, ...]  # None: any


@dataclass(slots=True)
class Batch:
    """Some rows of a body, in the sender's order.

    `received` counts rows that hold data: good ones and bad ones, so a row with three errors is one. `blank` counts rows whose
    value was left empty: neither received nor zero. Each kind of normalisation comes once, with its total, in the last batch.
    """

    rows: Rows = field(default_factory=Rows)
    errors: list[RowError] = field(default_factory=list)
    damaged: list[PartialRow] = field(default_factory=list)  # of the rows with errors those that can be read in part
    untrue: list[SummedRows] = field(default_factory=list)  # by metric and month: rows given before, whose total is another
    blank: int = 0
    received: int = 0
    notes: list[Normalisation] = field(default_factory=list)


def safe_excerpt(value: object) -> str:
    """A sender's value as it may be repeated in a report: short, and harmless in a log, a terminal and the database."""
    text = value if isinstance(value, str) else str(value)
    clean = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:SHOWN_LENGTH])
    return clean[:SHOWN_LENGTH]
