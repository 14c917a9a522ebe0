"""Totals of tables that are read row by row: sums are kept, and no rows."""

from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from services.ingest.formats.findings import finding, total_hint
from services.ingest.formats.notes import Notes
from services.ingest.formats.rows import Batch, Parts
from shared.vocabulary import NormalisationKind, RowCode

_KEYS_MOST = 100_000  # a table with more different ones has unknown names in them
_WAITING_MOST = 1_000  # totals that are judged at the end
_WRONG_MOST = 100  # totals found to differ: for each, every count of its key is looked at
Key = tuple[str | None, ...]
"""What counts are of. In a total None stands for anything."""


class Total(NamedTuple):
    """A total as it stands in a table."""

    number: int  # its row's in the push
    row: int  # and in the sheet
    key: Key
    value: int
    partial: bool  # 小计: of the rows since the total before or, where there are none, up to the next
    column: str = "value"


class RunningTotals:
    """The sums of one table while it is read, and the totals that cannot be judged yet."""

    def __init__(self, notes: Notes, start: int) -> None:
        """`start`: the number of the row above the first one."""
        self._notes = notes
        self._since = _Sums(start)  # the total before
        self._all = _Sums(start)
        self._waiting: list[Total] = []  # for the end
        self._next: list[Total] = []  # for the next total
        self._wrong = 0
        self._lost = False

    def parts(self, keyed: Iterable[tuple[Key, int | None]]) -> None:
        """Enter counts; None for those that could not be read, of which no total is judged."""
        self._since.add(keyed)
        if len(self._since.sums) > _KEYS_MOST:
            self._since.sums.clear()
            self._lost = True

    def total(self, batch: Batch, total: Total) -> None:
        """Enter a total."""
        if self._lost or len(self._waiting) + len(self._next) >= _WAITING_MOST:
            _leave(batch, total)
        elif not total.partial:
            self._waiting.append(total)
        elif self._since.has(total.key):
            self._judge(batch, total, self._since, total.number)
        else:
            self._next.append(total)

    def mark(self, batch: Batch, number: int) -> None:
        """A row of totals ended: what follows is another part."""
        for total in [each for each in self._next if each.number < number]:
            self._judge(batch, total, self._since, number)
            self._next.remove(total)
        self._all.take(self._since)
        self._since = _Sums(number)

    def settle(self, batch: Batch, number: int) -> None:
        """Judge what is left; `number`: the one below the last row."""
        self.mark(batch, number)
        for total in self._waiting:
            self._judge(batch, total, self._all, number)
        self._waiting = []

    def _judge(self, batch: Batch, total: Total, sums: "_Sums", end: int) -> None:
        known, parts = sums.of(total.key)
        if not known or parts == total.value:
            self._notes.add(NormalisationKind.TOTAL_CHECKED, total.row, str(total.value), str(parts))
            return
        if self._wrong >= _WRONG_MOST:
            _leave(batch, total)
            return
        self._wrong += 1
        batch.received += 1
        batch.errors.append(finding(RowCode.TOTAL_DIFFERS, total.number, total.column, str(total.value), total_hint(parts)))
        batch.untrue.append(Parts(sums.start, end, total.key))


def _leave(batch: Batch, total: Total) -> None:
    """Refuse a total unchecked."""
    batch.received += 1
    batch.errors.append(finding(RowCode.TOTAL_UNCHECKED, total.number, total.column, str(total.value)))


class _Sums:
    """Sums by key, of the rows after `start`."""

    def __init__(self, start: int) -> None:
        self.start = start
        self.sums: dict[Key, int] = {}
        self.unknown: set[Key] = set()

    def add(self, keyed: Iterable[tuple[Key, int | None]]) -> None:
        sums, get = self.sums, self.sums.get
        for key, value in keyed:
            if value is None:
                self.unknown.add(key)
            else:
                sums[key] = get(key, 0) + value

    def take(self, others: "_Sums") -> None:
        self.add(others.sums.items())
        self.unknown |= others.unknown

    def has(self, key: Key) -> bool:
        """Whether it has any part, readable or not."""
        return next(self._like(key, self.sums), None) is not None or next(self._like(key, self.unknown), None) is not None

    def of(self, key: Key) -> tuple[bool, int]:
        """Whether all parts could be read, and their sum."""
        return next(self._like(key, self.unknown), None) is None, sum(self.sums[each] for each in self._like(key, self.sums))

    def _like(self, key: Key, keys: Collection[Key]) -> Iterator[Key]:
        if None not in key:
            return (each for each in (key,) if each in keys)
        return (each for each in keys if all(wanted in (None, own) for wanted, own in zip(key, each, strict=True)))
