"""Rows whose total differs from their sum: found without comparing every row with every total."""

from bisect import bisect_left
from collections.abc import Iterable

from services.ingest.formats.rows import SummedRows

_Codes = tuple[str | None, ...]
_Span = tuple[int, int]  # row numbers, both exclusive


class MismatchedTotals:
    """The rows that mismatched totals add up, by their codes."""

    def __init__(self, rows: Iterable[SummedRows]) -> None:
        by_codes: dict[_Codes, list[_Span]] = {}
        for summed in rows:
            by_codes.setdefault(summed.codes, []).append((summed.after, summed.before))
        self._spans: dict[tuple[bool, ...], dict[_Codes, list[_Span]]] = {}  # by which codes are given, then by the codes
        for codes, spans in by_codes.items():
            is_given = tuple([code is not None for code in codes])
            self._spans.setdefault(is_given, {})[codes] = _merged(sorted(spans))

    def covers(self, number: int, codes: tuple[str | None, ...]) -> bool:
        """Return whether a mismatched total adds up the row with this number and these codes."""
        for is_given, spans_by_codes in self._spans.items():
            spans = spans_by_codes.get(tuple([code if given else None for code, given in zip(codes, is_given, strict=True)]))
            if spans and (index := bisect_left(spans, (number, 0))) and spans[index - 1][1] > number:
                return True
        return False


def _merged(spans: list[_Span]) -> list[_Span]:
    """Merge the sorted spans that overlap."""
    merged = spans[:1]
    for after, before in spans[1:]:
        last_after, last_before = merged[-1]
        if after < last_before:
            merged[-1] = (last_after, max(last_before, before))
        else:
            merged.append((after, before))
    return merged
