"""The rows of a register in a push: values read, codes resolved, repeated rows found."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from services.ingest.formats.cells.labels import code_named
from services.ingest.formats.cells.values import lost_digits_hint
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.passed_over import PassedOverLog
from services.ingest.formats.row_errors import counted_twice_hint, row_error
from services.ingest.formats.rows import PassedOver, RowError, SummedRows, safe_excerpt
from services.ingest.formats.total_spans import TotalSpans
from services.ingest.push.row_errors import RowErrors
from services.ingest.registers.strict_values import Value
from services.ingest.registers.terms import Terms
from shared.campaign.applied import AppliedDefinition
from shared.registers import Column, Register
from shared.values.bilingual import Bilingual
from shared.values.months import month_of, month_text, next_month
from shared.values.suggestions import Guesses
from shared.vocabulary import ColumnKind, NormalisationKind, RowCode

KEY_JOINT = "/"
_UNKNOWN_SHOWN = 10  # unknown fields of one row that are reported
ReadValue = Callable[[Column, object], Value]
"""Reads one value that is present: strictly from JSON, leniently from a cell of a table."""


@dataclass(frozen=True, slots=True)
class Record:
    """A row as it was found: its values by column, and the errors of what is no value of a column."""

    number: int
    values: Mapping[str, object] = field(default_factory=dict)  # without empty values and nulls; none: the row cannot be read
    errors: Sequence[RowError] = ()


@dataclass(slots=True)
class Entry:
    """A row without errors."""

    number: int | None  # as the sender counts; None: copied from another month
    month: date
    key: str
    area: int | None  # None: that of the thing which the row names
    body: dict[str, object]

    def same(self, other: "Entry") -> bool:
        """Return true if both have the same area and values."""
        return (self.area, self.body) == (other.area, other.body)


@dataclass(slots=True)
class PushedRegister:
    """The rows of one register in a push, while they are read and checked."""

    register: Register
    definition: AppliedDefinition
    org: str
    today: date
    only: date | None  # the only month that may be touched
    read: ReadValue
    by_name: bool  # names are accepted for codes: in tables
    errors: RowErrors
    notes: NormalisationLog
    passed: PassedOverLog
    entries: dict[tuple[date, str], Entry] = field(default_factory=dict)
    received: int = 0
    merged: int = 0
    blank: int = 0
    touched: set[date] = field(default_factory=set)
    mismatched_totals: list[SummedRows] = field(default_factory=list)
    matched_totals: list[SummedRows] = field(default_factory=list)
    _repeats: dict[tuple[date, str], list[int]] = field(default_factory=dict)
    _others: dict[tuple[date, str], list[int]] = field(default_factory=dict)
    _streets: dict[date, frozenset[str]] = field(default_factory=dict)
    _terms: Terms = field(init=False)
    _guesses: Guesses = field(default_factory=Guesses)

    def __post_init__(self) -> None:
        self._terms = Terms(self.definition, self.register.code)

    @property
    def months(self) -> list[date]:
        """The months that the push touches."""
        return sorted(self.touched | ({self.only} if self.only else set()))

    @property
    def passed_over(self) -> list[PassedOver]:
        """The columns, rows and sheets whose numbers are neither stored nor checked."""
        return self.passed.to_list()

    def normalised(self) -> list[dict[str, object]]:
        """Return one line for each kind of normalisation."""
        return [
            {
                "kind": note.kind.value,
                "message": note.kind.title_.model_dump(),
                "count": note.count,
                "rows": list(note.rows),
                "before": note.before,
                "after": note.after,
            }
            for note in self.notes.to_list()
        ]

    def add(self, record: Record) -> None:
        """Add one record."""
        self.received += 1
        if record.errors and not record.values:
            self.errors.reject_rows(1, record.errors)
            return
        values: dict[str, object] = {}
        errors = [*record.errors, *self._values(record, values)]
        month = self._month(record.number, values, errors)
        area = self._area(record.number, month, values, errors)
        if errors or month is None:
            self.errors.reject_rows(1, errors)
            return
        key = KEY_JOINT.join(str(values[name]) for name in self.register.key)
        self._enter(Entry(record.number, month, key, area, values))

    def is_value(self, column: Column, raw: object) -> bool:
        """Return whether a column accepts certain values only, and this is one of them. Texts and ids may be anything."""
        if column.kind is ColumnKind.AREA:
            return self.area_code(str(raw)) is not None
        return (
            column.kind not in {ColumnKind.KEY, ColumnKind.TEXT} and self._resolved(column, self.read(column, raw)).code is None
        )

    def area_code(self, text: str) -> str | None:
        """Return the code of the area that a text of a table names."""
        return code_named(self.definition.names.areas, text)

    def is_term(self, text: str) -> bool:
        """Return whether a text of a table names a term of any column."""
        columns = [column for column in self.register.columns if column.kind in {ColumnKind.TERM, ColumnKind.TERMS}]
        return any(self._terms.code(column, text, by_name=True) for column in columns)

    def reject(self, entry: Entry, errors: list[RowError]) -> None:
        """Reject a row that was read without errors."""
        del self.entries[entry.month, entry.key]
        self.errors.reject_rows(1, errors)

    def error(self, entry: Entry, code: RowCode, column: str, value: object = None, hint: Bilingual | None = None) -> RowError:
        """Return an error of a row; a row that was copied has no number."""
        error = row_error(code, entry.number or 0, column, entry.body.get(column) if value is None else value, hint)
        if entry.number is None:
            return RowError(None, error.column, error.code, error.value, error.message, error.hint)
        return error

    def finish(self) -> None:
        """Reject every row of a key that the push describes in different ways, and those whose total does not match."""
        self._reject_mismatched()
        self._reject_counted_twice()
        for slot, others in self._others.items():
            hint = self.errors.locator.describe(self._numbers_of(slot, others)[:20])
            self._reject_key(slot, others, hint)

    def _reject_key(self, slot: tuple[date, str], others: Sequence[int], hint: Bilingual) -> None:
        """Reject every row of a key as a conflict."""
        numbers = self._numbers_of(slot, others)
        entry = self.entries.pop(slot)
        self.merged -= len(self._repeats.pop(slot, ()))
        column = self.register.key[-1]
        errors = [row_error(RowCode.DUPLICATE_CONFLICT, number, column, entry.key, hint) for number in numbers]
        self.errors.reject_rows(len(numbers), errors)

    def _numbers_of(self, slot: tuple[date, str], others: Sequence[int] = ()) -> list[int]:
        """Return the numbers of the rows of a key, of which `others` differ from the first."""
        return sorted([self.entries[slot].number or 0, *self._repeats.get(slot, ()), *others])

    def _reject_mismatched(self) -> None:
        """Reject the rows whose total does not match: any of them may be wrong."""
        mismatched = TotalSpans(self.mismatched_totals)
        for slot, codes in list(self._slots()) if self.mismatched_totals else ():
            if any(mismatched.cover(number, number, codes) for number in self._numbers_of(slot)):
                del self.entries[slot]
                same = self._repeats.pop(slot, ())
                self.merged -= len(same)
                self.errors.reject_rows(1 + len(same), [])

    def _reject_counted_twice(self) -> None:
        """Reject equal rows that a total adds up one by one: once stored, they would not give it."""
        matched = TotalSpans(self.matched_totals)
        for slot, codes in list(self._slots()) if self.matched_totals and self._repeats else ():
            numbers = self._numbers_of(slot)
            if any(matched.cover(*pair, codes) for pair in pairwise(numbers)):
                self._reject_key(slot, (), counted_twice_hint(self.errors.locator.describe(numbers[:20])))

    def _slots(self) -> Iterator[tuple[tuple[date, str], tuple[str | None, ...]]]:
        """Yield the pushed keys that no other row contradicts, with area and month as totals name them."""
        for slot, entry in self.entries.items():
            if entry.number is not None and slot not in self._others:
                area = None if entry.area is None else self.definition.area_codes[entry.area]
                yield slot, (None, area, month_text(entry.month))

    def _enter(self, entry: Entry) -> None:
        slot = (entry.month, entry.key)
        self.touched.add(entry.month)
        first = self.entries.setdefault(slot, entry)
        if first is entry:
            return
        if first.same(entry):
            self.merged += 1
            self._repeats.setdefault(slot, []).append(entry.number or 0)
        else:
            self._others.setdefault(slot, []).append(entry.number or 0)

    def _values(self, record: Record, values: dict[str, object]) -> Iterator[RowError]:
        """Read every column into `values`; what is wrong with them."""
        number, known = record.number, tuple(self.register.by_name)
        for name in [name for name in record.values if name not in self.register.by_name][:_UNKNOWN_SHOWN]:
            hint = self._guesses.of("field", safe_excerpt(name).lower(), known)
            yield row_error(RowCode.UNKNOWN_FIELD, number, name[:64], None, hint)
        for column in self.register.columns:
            raw = record.values.get(column.name)
            if raw is None:
                if column.required:
                    yield row_error(RowCode.MISSING_FIELD, number, column.name)
                continue
            value = self._resolved(column, self.read(column, raw))
            if value.code:
                yield row_error(value.code, number, column.name, _written(raw), value.hint)
                continue
            values[column.name] = value.value
            if value.kind:
                self.notes.add(value.kind, self.errors.locator.row_of(number), str(raw), str(value.value))

    def _resolved(self, column: Column, value: Value) -> Value:
        if value.code or column.kind not in {ColumnKind.TERM, ColumnKind.TERMS}:
            return value
        words = value.value if isinstance(value.value, list) else [str(value.value)]
        codes = [self._terms.code(column, word, by_name=self.by_name) for word in words]
        if None in codes:
            wrong = words[codes.index(None)]
            hint = self._guesses.of(column.name, str(wrong), self._terms.codes(column), self._terms.titles(column))
            return Value(None, RowCode.UNKNOWN_TERM, hint=hint)
        kind = NormalisationKind.TERM_NAME if codes != words else value.kind
        if column.kind is ColumnKind.TERM:
            return Value(codes[0], None, kind)
        return Value(sorted({str(code) for code in codes}), None, kind)

    def _month(self, number: int, values: dict[str, object], errors: list[RowError]) -> date | None:
        text = values.pop("month", None)
        if text is None:
            return None
        month = month_of(str(text))
        calendar = self.definition.calendar
        if not (calendar.is_open(month, self.today) and calendar.has_begun(month)):
            errors.append(row_error(RowCode.MONTH_NOT_OPEN, number, "month", text, calendar.hint(month, self.today)))
        elif self.only not in (None, month):
            errors.append(row_error(RowCode.MONTH_NOT_ASKED, number, "month", text))
        timezone = ZoneInfo(self.definition.campaign.timezone)
        for column in self.register.columns:
            value = values.get(column.name)
            day: date | None = None
            if isinstance(value, datetime):
                local = value.astimezone(timezone)
                values[column.name], day = local.isoformat(), local.date()
            elif column.kind is ColumnKind.DATE and value is not None:
                day = date.fromisoformat(str(value))
            if day is not None and day >= next_month(month):
                errors.append(row_error(RowCode.AFTER_MONTH, number, column.name, values[column.name]))
        return month

    def _area(self, number: int, month: date | None, values: dict[str, object], errors: list[RowError]) -> int | None:
        text = values.pop("area", None)
        if text is None:
            return None
        given = str(text)
        by_spelling = self.area_code(given)
        code = by_spelling if self.by_name and by_spelling else given
        if code != given:
            self.notes.add(NormalisationKind.AREA_NAME, self.errors.locator.row_of(number), given, code)
        if code not in self.definition.area_numbers:
            hint = Bilingual(zh=f"请使用代码 {by_spelling}", en=f"use the code {by_spelling}") if by_spelling else None
            hint = (
                hint
                or lost_digits_hint(given)
                or self._guesses.of("area", given, self.definition.area_numbers, self.definition.area_titles)
            )
            errors.append(row_error(RowCode.UNKNOWN_AREA, number, "area", given, hint))
            return None
        refused = self._no_street(code, month)
        if refused:
            errors.append(row_error(refused, number, "area", given))
        return self.definition.area_numbers[code]

    def _no_street(self, code: str, month: date | None) -> RowCode | None:
        definition = self.definition
        if definition.organisation(self.org).area not in (None, code):
            return RowCode.FOREIGN_AREA
        if month is None or code in self._streets_of(month):
            return None
        inner = code == definition.campaign.area or definition.is_inner(code)
        return RowCode.WRONG_GRAIN if inner else RowCode.AREA_NOT_VALID

    def _streets_of(self, month: date) -> frozenset[str]:
        """Return the codes of a month's streets, kept because a register may have a hundred thousand rows."""
        if month not in self._streets:
            self._streets[month] = frozenset(street.code for street in self.definition.streets(month))
        return self._streets[month]


def _written(raw: object) -> str:
    if isinstance(raw, dict | list):
        return "{…}" if isinstance(raw, dict) else "[…]"
    return {True: "true", False: "false"}[raw] if isinstance(raw, bool) else str(raw)
