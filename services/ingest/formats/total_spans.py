"""The rows that totals add up: found without comparing every row with every total."""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate

from services.ingest.formats.rows import SummedRows

_Codes = tuple[str | None, ...]
_Span = tuple[int, int]  # row numbers, both exclusive; the second is the largest so far


class TotalSpans:
    """The rows that some totals add up, by their codes."""

    def __init__(self, rows: Iterable[SummedRows]) -> None:
        by_codes: dict[_Codes, list[_Span]] = {}
        for summed in rows:
            by_codes.setdefault(summed.codes, []).append((summed.after, summed.before))
        self._spans: dict[tuple[bool, ...], dict[_Codes, list[_Span]]] = {}  # by which codes are given, then by the codes
        for codes, spans in by_codes.items():
            is_given = tuple([code is not None for code in codes])
            furthest = accumulate(sorted(spans), lambda last, span: (span[0], max(last[1], span[1])))
            self._spans.setdefault(is_given, {})[codes] = list(furthest)

    def cover(self, first: int, last: int, codes: tuple[str | None, ...]) -> bool:
        """Return whether one total adds up the rows with these two numbers and codes."""
        for is_given, spans_by_codes in self._spans.items():
            spans = spans_by_codes.get(tuple([code if given else None for code, given in zip(codes, is_given, strict=True)]))
            if spans and (index := bisect_left(spans, (first, 0))) and spans[index - 1][1] > last:
                return True
        return False
