"""Totals of a table, compared with the sum of their parts while the table is read: sums are kept, rows are not."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from operator import itemgetter
from typing import NamedTuple

from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.row_errors import row_error, total_hint
from services.ingest.formats.rows import Batch, SummedRows
from shared.vocabulary import NormalisationKind, RowCode

_SUMS_MAX = 50_000  # sums of one grouping; a table that needs more contains unknown names
_WAITING_MAX = 100_000  # totals that are checked at the end
SumKey = tuple[str | int | None, ...]
"""Codes (or a column's index) of a count. None: any, in a total; not readable, in a part."""
SumCodes = tuple[str | None, ...]
"""Metric (or none, in tables with several counts a row), area and month."""
KeyFields = tuple[int, ...]
"""Indices of some fields of a key, by which counts are grouped."""


class StatedTotal(NamedTuple):
    """A total that a table contains."""

    number: int  # its number in the push
    row: int  # its row in the sheet
    keys: Sequence[SumKey]  # of the counts that it adds up
    value: int
    partial: bool  # 小计: of the rows since the previous total or, if there are none, of the rows up to the next one
    column: str = "value"


class PartsSum(NamedTuple):
    """Sum of the parts of a total."""

    value: int
    is_complete: bool  # all parts could be read


def codes_of_key(key: SumKey) -> SumCodes:
    """Return the codes of counts whose keys consist of codes."""
    return tuple(None if code is None else str(code) for code in key)


class RunningTotals:
    """Sums of a table while it is read, and the totals that cannot be checked yet."""

    def __init__(
        self,
        normalisations: NormalisationLog,
        start: int,
        groupings: Sequence[KeyFields],
        codes_of: Callable[[SumKey], SumCodes | None] = codes_of_key,
    ) -> None:
        """`start`: the number of the row above the first one.

        `groupings`: the key fields by which sums are kept; a total can be checked if its fields are a subset of one of them.
        `codes_of`: the codes of the counts with a key; None if those rows have errors of their own.
        """
        self._normalisations, self._codes_of, self._groupings = normalisations, codes_of, groupings
        self._since_total = _Sums(start, groupings)
        self._all = _Sums(start, groupings)
        self._checked_at_end: list[StatedTotal] = []
        self._checked_at_next_total: list[StatedTotal] = []

    def add_counts(self, keyed: Sequence[tuple[SumKey, int | None]]) -> None:
        """Add counts. None: a count that could not be read, so that its totals are not compared."""
        self._since_total.add(keyed)

    def add_total(self, batch: Batch, total: StatedTotal) -> None:
        """Check a total, or keep it until its parts are read."""
        if len(self._checked_at_end) + len(self._checked_at_next_total) >= _WAITING_MAX:
            _add_unchecked_error(batch, total)
        elif not total.partial:
            self._checked_at_end.append(total)
        elif any(map(self._since_total.has, total.keys)):
            self._check(batch, total, self._since_total, total.number)
        else:
            self._checked_at_next_total.append(total)

    def end_total_row(self, batch: Batch, number: int) -> None:
        """End a total row: the rows after it are another part."""
        due = [total for total in self._checked_at_next_total if total.number < number]
        if due:
            self._checked_at_next_total = self._checked_at_next_total[len(due) :]
        for total in due:
            self._check(batch, total, self._since_total, number)
        self._all.add_sums(self._since_total)
        self._since_total = _Sums(number, self._groupings)

    def finish(self, batch: Batch, number: int) -> None:
        """Check the remaining totals. `number`: the row below the last one."""
        self.end_total_row(batch, number)
        for total in self._checked_at_end:
            self._check(batch, total, self._all, number)
        self._checked_at_end = []

    def _check(self, batch: Batch, total: StatedTotal, sums: "_Sums", end: int) -> None:
        sums_by_key = [sums.sum_for(key) for key in total.keys]
        kept_sums = [parts_sum for parts_sum in sums_by_key if parts_sum is not None]
        if len(kept_sums) < len(sums_by_key):
            _add_unchecked_error(batch, total)
            return
        counts_sum = sum(parts_sum.value for parts_sum in kept_sums)
        summed = [SummedRows(sums.start, end, codes) for codes in map(self._codes_of, total.keys) if codes is not None]
        is_complete = all(parts_sum.is_complete for parts_sum in kept_sums)
        if counts_sum == total.value or not is_complete:
            batch.matched_totals += summed if is_complete else []
            self._normalisations.add(NormalisationKind.TOTAL_CHECKED, total.row, str(total.value), str(counts_sum))
            return
        batch.received += 1
        batch.errors.append(
            row_error(RowCode.TOTAL_DIFFERS, total.number, total.column, str(total.value), total_hint(counts_sum))
        )
        batch.mismatched_totals += summed


def _add_unchecked_error(batch: Batch, total: StatedTotal) -> None:
    batch.received += 1
    batch.errors.append(row_error(RowCode.TOTAL_UNCHECKED, total.number, total.column, str(total.value)))


class _GroupedSums:
    """Sums of counts, grouped by some fields of their keys."""

    def __init__(self, fields: KeyFields) -> None:
        self.fields = fields
        self.sums: dict[SumKey, int] = {}
        self.unreadable: set[SumKey] = set()  # groups with counts that could not be read

    def add(self, keyed: Sequence[tuple[SumKey, int | None]]) -> None:
        group_of, sums, get = _group_key(self.fields), self.sums, self.sums.get
        for key, value in keyed:
            group = group_of(key)
            if value is None:
                self.unreadable.add(group)
            else:
                sums[group] = get(group, 0) + value

    @property
    def size(self) -> int:
        return len(self.sums) + len(self.unreadable)

    def grouped_by(self, fields: KeyFields) -> "_GroupedSums":
        """Return the sums by fewer fields."""
        grouped = _GroupedSums(fields)
        group_of = _group_key(tuple(self.fields.index(field) for field in fields))
        for key, value in self.sums.items():
            group = group_of(key)
            grouped.sums[group] = grouped.sums.get(group, 0) + value
        grouped.unreadable = {group_of(key) for key in self.unreadable}
        return grouped

    def has(self, key: SumKey) -> bool:
        return key in self.sums or key in self.unreadable

    def sum_for(self, key: SumKey) -> PartsSum:
        doubtful = any(
            candidate in self.unreadable or (candidate != key and candidate in self.sums) for candidate in _possible_keys(key)
        )
        return PartsSum(self.sums.get(key, 0), not doubtful)


class _Sums:
    """Sums of the rows after `start`, by every grouping."""

    def __init__(self, start: int, groupings: Sequence[KeyFields]) -> None:
        self.start = start
        self.groups = {fields: _GroupedSums(fields) for fields in groupings}
        self._derived: dict[KeyFields, _GroupedSums] = {}  # by fewer fields, valid until counts are added

    def add(self, keyed: Sequence[tuple[SumKey, int | None]]) -> None:
        self._derived.clear()
        for grouped in self.groups.values():
            grouped.add(keyed)
        self._drop_large_groupings()

    def add_sums(self, others: "_Sums") -> None:
        self._derived.clear()
        for fields in self.groups.keys() - others.groups.keys():
            del self.groups[fields]
        for fields, grouped in self.groups.items():
            other = others.groups[fields]
            for key, value in other.sums.items():
                grouped.sums[key] = grouped.sums.get(key, 0) + value
            grouped.unreadable |= other.unreadable
        self._drop_large_groupings()

    def _drop_large_groupings(self) -> None:
        for fields in [fields for fields, grouped in self.groups.items() if grouped.size > _SUMS_MAX]:
            del self.groups[fields]

    def has(self, key: SumKey) -> bool:
        """Return whether a total has any part, readable or not."""
        grouped = self._grouped_for(key)
        return grouped is not None and grouped.has(_given(key))

    def sum_for(self, key: SumKey) -> PartsSum | None:
        """Return the sum of a total's parts; None if its grouping is not kept."""
        grouped = self._grouped_for(key)
        return grouped.sum_for(_given(key)) if grouped else None

    def _grouped_for(self, key: SumKey) -> _GroupedSums | None:
        fields = tuple(field for field, code in enumerate(key) if code is not None)
        grouped = self.groups.get(fields) or self._derived.get(fields)
        if grouped is None:
            wider = [grouped for grouped in self.groups.values() if set(fields) <= set(grouped.fields)]
            if not wider:
                return None
            grouped = self._derived[fields] = min(wider, key=lambda sums: sums.size).grouped_by(fields)
        return grouped


def _given(key: SumKey) -> SumKey:
    return tuple(code for code in key if code is not None)


def _possible_keys(key: SumKey) -> Iterator[SumKey]:
    """Yield the keys of parts that belong, or may belong, to a total: a code that could not be read may be any code."""
    return product(*((code, None) for code in key))


def _group_key(fields: KeyFields) -> Callable[[SumKey], SumKey]:
    """Return a function that selects fields of a key."""
    return itemgetter(*fields) if len(fields) > 1 else lambda key: tuple([key[field] for field in fields])
