"""Totals of a table, held against their parts while it is read: sums are kept, and no rows."""

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import NamedTuple

from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.row_errors import row_error, total_hint
from services.ingest.formats.rows import Batch, SummedRows
from shared.vocabulary import NormalisationKind, RowCode

_KEYS_MOST = 50_000  # sums that are kept together; a table that needs more has unknown names in it
_WAITING_MOST = 100_000  # totals that are judged at the end
SumKey = tuple[str | int | None, ...]
"""What counts are of. In a total None stands for anything; in a part, for what could not be read."""
SumCodes = tuple[str | None, ...]
"""Metric (or none, where rows hold several counts), area and month."""
KeyFields = tuple[int, ...]
"""Some places of a key."""


class StatedTotal(NamedTuple):
    """A total as it stands in a table."""

    number: int  # its number in the push
    row: int  # and its row in the sheet
    keys: Sequence[SumKey]  # what it adds up
    value: int
    partial: bool  # 小计: of the rows since the total before or, where there are none, up to the next
    column: str = "value"


class PartsSum(NamedTuple):
    """What the parts of a total add up to."""

    value: int
    known: bool  # all of them could be read


def codes_of_key(key: SumKey) -> SumCodes:
    """A key that counts are known by is what they are of."""
    return tuple(None if each is None else str(each) for each in key)


class RunningTotals:
    """The sums of one table while it is read, and the totals that cannot be judged yet."""

    def __init__(
        self,
        notes: NormalisationLog,
        start: int,
        kept: Sequence[KeyFields],
        parts_of: Callable[[SumKey], SumCodes | None] = codes_of_key,
    ) -> None:
        """`start`: the number of the row above the first one.

        `kept`: the places of a key by which sums are kept; any total is judged that names some of those of one of them.
        `parts_of`: what the rows with counts of a key are of; None where none of them is good anyhow.
        """
        self._notes, self._parts_of, self._kept = notes, parts_of, kept
        self._since = _Sums(start, kept)  # the total before
        self._all = _Sums(start, kept)
        self._waiting: list[StatedTotal] = []  # for the end
        self._next: list[StatedTotal] = []  # for the next total

    def parts(self, keyed: Sequence[tuple[SumKey, int | None]]) -> None:
        """Enter counts; None for those that could not be read, of which no total is judged."""
        self._since.add(keyed)

    def total(self, batch: Batch, total: StatedTotal) -> None:
        """Enter a total."""
        if len(self._waiting) + len(self._next) >= _WAITING_MOST:
            _leave(batch, total)
        elif not total.partial:
            self._waiting.append(total)
        elif any(map(self._since.has, total.keys)):
            self._judge(batch, total, self._since, total.number)
        else:
            self._next.append(total)

    def mark(self, batch: Batch, number: int) -> None:
        """A row of totals ended: what follows is another part."""
        due = [each for each in self._next if each.number < number]
        if due:
            self._next = self._next[len(due) :]
        for total in due:
            self._judge(batch, total, self._since, number)
        self._all.take(self._since)
        self._since = _Sums(number, self._kept)

    def settle(self, batch: Batch, number: int) -> None:
        """Judge what is left; `number`: the one below the last row."""
        self.mark(batch, number)
        for total in self._waiting:
            self._judge(batch, total, self._all, number)
        self._waiting = []

    def _judge(self, batch: Batch, total: StatedTotal, sums: "_Sums", end: int) -> None:
        found = [sums.of(key) for key in total.keys]
        known = [each for each in found if each is not None]
        if len(known) < len(found):
            _leave(batch, total)
            return
        parts = sum(each.value for each in known)
        if parts == total.value or not all(each.known for each in known):
            self._notes.add(NormalisationKind.TOTAL_CHECKED, total.row, str(total.value), str(parts))
            return
        batch.received += 1
        batch.errors.append(row_error(RowCode.TOTAL_DIFFERS, total.number, total.column, str(total.value), total_hint(parts)))
        batch.mismatched_totals += [
            SummedRows(sums.start, end, key) for key in map(self._parts_of, total.keys) if key is not None
        ]


def _leave(batch: Batch, total: StatedTotal) -> None:
    """Refuse a total unchecked."""
    batch.received += 1
    batch.errors.append(row_error(RowCode.TOTAL_UNCHECKED, total.number, total.column, str(total.value)))


class _Kept:
    """Sums of counts that agree in some places of their keys."""

    def __init__(self, places: KeyFields) -> None:
        self.places = places
        self.sums: dict[SumKey, int] = {}
        self.unread: set[SumKey] = set()

    def add(self, keyed: Sequence[tuple[SumKey, int | None]]) -> None:
        pick, sums, get = _picking(self.places), self.sums, self.sums.get
        for key, value in keyed:
            cut = pick(key)
            if value is None:
                self.unread.add(cut)
            else:
                sums[cut] = get(cut, 0) + value

    @property
    def size(self) -> int:
        return len(self.sums) + len(self.unread)

    def by_fewer(self, places: KeyFields) -> "_Kept":
        """The sums of counts that agree in fewer places."""
        fewer = _Kept(places)
        where = tuple(self.places.index(each) for each in places)
        pick = _picking(where)
        for key, value in self.sums.items():
            cut = pick(key)
            fewer.sums[cut] = fewer.sums.get(cut, 0) + value
        fewer.unread = {pick(key) for key in self.unread}
        return fewer

    def has(self, key: SumKey) -> bool:
        return key in self.sums or key in self.unread

    def of(self, key: SumKey) -> PartsSum:
        doubtful = any(each in self.unread or (each != key and each in self.sums) for each in _that_may_be(key))
        return PartsSum(self.sums.get(key, 0), not doubtful)


class _Sums:
    """Sums of the rows after `start`, by every group of places that is kept."""

    def __init__(self, start: int, kept: Sequence[KeyFields]) -> None:
        self.start = start
        self.kept = {places: _Kept(places) for places in kept}
        self._fewer: dict[KeyFields, _Kept] = {}  # made for a total, and good until more is added

    def add(self, keyed: Sequence[tuple[SumKey, int | None]]) -> None:
        self._fewer.clear()
        for kept in self.kept.values():
            kept.add(keyed)
        self._let_go()

    def take(self, others: "_Sums") -> None:
        self._fewer.clear()
        for places in self.kept.keys() - others.kept.keys():
            del self.kept[places]
        for places, kept in self.kept.items():
            other = others.kept[places]
            for key, value in other.sums.items():
                kept.sums[key] = kept.sums.get(key, 0) + value
            kept.unread |= other.unread
        self._let_go()

    def _let_go(self) -> None:
        """Give up sums that are too many."""
        for places in [places for places, kept in self.kept.items() if kept.size > _KEYS_MOST]:
            del self.kept[places]

    def has(self, key: SumKey) -> bool:
        """Whether it has any part, readable or not."""
        kept = self._by(key)
        return kept is not None and kept.has(_named(key))

    def of(self, key: SumKey) -> PartsSum | None:
        """What the parts add up to; None where that is not kept."""
        kept = self._by(key)
        return kept.of(_named(key)) if kept else None

    def _by(self, key: SumKey) -> _Kept | None:
        places = tuple(place for place, each in enumerate(key) if each is not None)
        kept = self.kept.get(places) or self._fewer.get(places)
        if kept is None:
            wider = [each for each in self.kept.values() if set(places) <= set(each.places)]
            if not wider:
                return None
            kept = self._fewer[places] = min(wider, key=lambda each: each.size).by_fewer(places)
        return kept


def _named(key: SumKey) -> SumKey:
    return tuple(each for each in key if each is not None)


def _that_may_be(key: SumKey) -> Iterator[SumKey]:
    """The keys of parts that are, or may be, of a total: what could not be read may be anything."""
    return product(*((each, None) for each in key))


def _picking(places: KeyFields) -> Callable[[SumKey], SumKey]:
    if len(places) == 2:
        first, second = places
        return lambda key: (key[first], key[second])
    return lambda key: tuple([key[place] for place in places])
