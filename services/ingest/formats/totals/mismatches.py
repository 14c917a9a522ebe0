"""Counts whose total is another: looked for once, however many totals differ."""

from bisect import bisect_left

from services.ingest.formats.rows import SummedRows

_Cut = tuple[str | None, ...]


class MismatchedTotals:
    """Where the parts of such totals stand, and what they count."""

    def __init__(self) -> None:
        """None yet."""
        self._spans: dict[tuple[bool, ...], dict[_Cut, list[tuple[int, int]]]] = {}  # by which parts of a key are named
        self._sorted = True

    def add(self, parts: SummedRows) -> None:
        """Enter the parts of a total."""
        named = tuple(each is not None for each in parts.codes)
        self._spans.setdefault(named, {}).setdefault(parts.codes, []).append((parts.after, parts.before))
        self._sorted = False

    def __bool__(self) -> bool:
        """Whether any total differs."""
        return bool(self._spans)

    def covers(self, number: int, key: tuple[str | None, ...]) -> bool:
        """Whether the row of this number, with a count of this key, is a part of one."""
        self._sort()
        for named, spans in self._spans.items():
            found = spans.get(tuple([each if named[place] else None for place, each in enumerate(key)]))
            if found and (place := bisect_left(found, (number, 0))) and found[place - 1][1] > number:
                return True
        return False

    def _sort(self) -> None:
        if self._sorted:
            return
        for spans in self._spans.values():
            for key, found in spans.items():
                spans[key] = _joined(sorted(found))
        self._sorted = True


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted spans, those that overlap made one."""
    joined = spans[:1]
    for after, before in spans[1:]:
        last_after, last_before = joined[-1]
        if after < last_before:
            joined[-1] = (last_after, max(last_before, before))
        else:
            joined.append((after, before))
    return joined
