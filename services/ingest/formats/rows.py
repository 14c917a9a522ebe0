"""Rows, errors and batches that every format is read into, and the limits of a body."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from shared.problem_members import SizeLimit
from shared.problems import TooLarge
from shared.values.bilingual import Bilingual
from shared.vocabulary import LimitUnit, NormalisationKind, PassedOverReason, RowCode

NOTE_LENGTH = 500  # characters
CODE_LENGTH = 100  # characters of a code or a name
EXCERPT_LENGTH = 64  # characters of a rejected value that a row error repeats


class Names(Protocol):
    """Codes by their spellings: code, title or alias as `shared.values.spelling.normalised` returns it."""

    @property
    def metrics(self) -> Mapping[str, str]:
        """Metric codes by spelling."""

    @property
    def areas(self) -> Mapping[str, str]:
        """Area codes by spelling."""

    @property
    def organisations(self) -> Mapping[str, str]:
        """Organisation codes by spelling."""

    @property
    def flows(self) -> Collection[str]:
        """Codes of the metrics that are counted over a month, not at its end."""


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """Limits on the content of a body. The caller limits the size of the body itself."""

    max_rows: int = 1_000_000
    batch_rows: int = 2_000
    checked_rows: int = 25  # of a batch whose rows are read one by one, because any of them may have errors
    line_bytes: int = 64 << 10  # of an NDJSON or CSV line
    row_cells: int = 1_000  # of a row of a CSV file, which cannot be read if it has more
    cell_chars: int = 600  # of a cell of a table, which is cut there: no text that is read may be as long
    depth: int = 32  # of nesting in JSON
    xlsx_inflated_bytes: int = 64 << 20
    xlsx_entries: int = 1_000  # parts in the workbook's zip
    xlsx_cells: int = 4_000_000  # in the rectangle around a sheet's cells
    xlsx_memory_bytes: int = 640 << 20  # address space of the process that reads workbooks
    xlsx_cpu_s: int = 20
    xlsx_silence_s: float = 30.0  # longest wait for that process


def too_many_rows(limits: BodyLimits) -> TooLarge:
    """Return the problem of a body that has more rows than a push may have."""
    return TooLarge(
        f"一次最多导入 {limits.max_rows} 行，请分批导入。",
        f"A push may have at most {limits.max_rows} rows; split it into several pushes.",
        members=SizeLimit(limit=limits.max_rows, unit=LimitUnit.ROWS),
    )


class Row(NamedTuple):
    """One count as sent. `metric` and `area` are codes if the sender's spelling is known, otherwise the sender's text."""

    number: int  # line, spreadsheet row, or position in `observations`, from 1
    metric: str
    area: str
    month: str  # YYYY-MM, 2000-01 … 2099-12
    value: int  # 0 … 2^53 − 1
    note: str | None


@dataclass(slots=True)
class Rows:
    """Rows as columns of equal length, in the sender's order; creating an object for each row would cost more than reading it."""

    numbers: list[int] = field(default_factory=list)
    metrics: list[str] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    months: list[str] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    notes: list[str | None] = field(default_factory=list)

    def append(self, row: Row) -> None:
        """Append one row."""
        for column, value in zip(self.columns, row, strict=True):
            column.append(value)

    def extend(self, others: "Rows") -> None:
        """Append the rows of `others`."""
        for column, more in zip(self.columns, others.columns, strict=True):
            column.extend(more)

    def select(self, indices: Sequence[int]) -> "Rows":
        """Return the rows at the given indices."""
        return Rows(*([column[index] for index in indices] for column in self.columns))

    def without(self, numbers: Collection[int]) -> "Rows":
        """Return the rows whose numbers are not among `numbers`."""
        return self.select([index for index, number in enumerate(self.numbers) if number not in numbers])

    @property
    def columns(self) -> tuple[list[Any], ...]:
        """Columns in the order of the fields of `Row`."""
        return (self.numbers, self.metrics, self.areas, self.months, self.values, self.notes)

    def __len__(self) -> int:
        return len(self.numbers)

    def __iter__(self) -> Iterator[Row]:
        """Yield the rows as objects."""
        return map(Row, *self.columns)


class RowError(NamedTuple):
    """One error in one row."""

    row: int | None
    column: str | None  # metric, area, month, value, note, or the unknown field
    code: RowCode
    value: str | None  # as `safe_excerpt` returns it
    message: Bilingual
    hint: Bilingual | None = None
    cell: str | None = None  # D7, in spreadsheets
    sheet: str | None = None


@dataclass(frozen=True, slots=True)
class Normalisation:
    """One kind of leniency in reading, and how often it was needed."""

    kind: NormalisationKind
    count: int
    rows: tuple[int, ...]  # the first few
    before: str | None  # in the first of them
    after: str | None


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A column, a row or a sheet whose numbers are neither stored nor checked."""

    reason: PassedOverReason
    sheet: str | None
    cell: str | None  # of a column's title, or of a row's number; None: the whole sheet
    text: str  # as `safe_excerpt` returns it


class PartialRow(NamedTuple):
    """The correct fields of a row with errors, so that they are checked in the same pass."""

    number: int
    metric: str | None  # None: the field is wrong or missing
    area: str | None
    month: str | None

    @classmethod
    def without_errors(cls, number: int, errors: Sequence[RowError], metric: str, area: str, month: str) -> "PartialRow":
        """Keep the fields that have none of the row's errors."""
        wrong_columns = {error.column for error in errors}
        fields = {"metric": metric, "area": area, "month": month}
        return cls(number, *(None if column in wrong_columns else text for column, text in fields.items()))


class SummedRows(NamedTuple):
    """The rows that a total adds up: rows with certain codes between two row numbers, both exclusive."""

    after: int
    before: int
    codes: tuple[str | None, ...]  # metric, area and month; None: any


@dataclass(slots=True)
class Batch:
    """Some rows of a body, in the sender's order.

    `received` counts the rows that contain data, correct or not; a row with three errors counts once. `blank` counts the rows
    with an empty value, which are neither received nor zero. The last batch contains each kind of normalisation once, with its
    total.
    """

    rows: Rows = field(default_factory=Rows)
    errors: list[RowError] = field(default_factory=list)
    partial_rows: list[PartialRow] = field(default_factory=list)  # of the rows with errors
    mismatched_totals: list[SummedRows] = field(default_factory=list)  # rows, of any batch so far, that differ from their total
    matched_totals: list[SummedRows] = field(default_factory=list)  # rows, of any batch so far, that equal their total
    blank: int = 0
    received: int = 0
    normalisations: list[Normalisation] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)  # in the last batch, all of them


def safe_excerpt(value: object) -> str:
    """Return a sender's value cut to 64 characters and escaped, safe in a log, a terminal and the database."""
    text = value if isinstance(value, str) else str(value)
    escaped = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text[:EXCERPT_LENGTH])
    return escaped[:EXCERPT_LENGTH]
