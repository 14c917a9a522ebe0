"""Rows whose total differs from their sum: found without comparing every row with every total."""

from bisect import bisect_left

from services.ingest.formats.rows import SummedRows

_Codes = tuple[str | None, ...]
_Span = tuple[int, int]  # row numbers, both exclusive


class MismatchedTotals:
    """The rows that mismatched totals add up, by their codes."""

    def __init__(self) -> None:
        self._spans: dict[tuple[bool, ...], dict[_Codes, list[_Span]]] = {}  # by which codes are given, then by the codes
        self._is_merged = True

    def add(self, rows: SummedRows) -> None:
        """Add the rows of a mismatched total."""
        is_given = tuple(code is not None for code in rows.codes)
        self._spans.setdefault(is_given, {}).setdefault(rows.codes, []).append((rows.after, rows.before))
        self._is_merged = False

    def __bool__(self) -> bool:
        """Return whether any total differs."""
        return bool(self._spans)

    def covers(self, number: int, codes: tuple[str | None, ...]) -> bool:
        """Return whether a mismatched total adds up the row with this number and these codes."""
        self._merge_spans()
        for is_given, spans_by_codes in self._spans.items():
            spans = spans_by_codes.get(tuple([code if given else None for code, given in zip(codes, is_given, strict=True)]))
            if spans and (index := bisect_left(spans, (number, 0))) and spans[index - 1][1] > number:
                return True
        return False

    def _merge_spans(self) -> None:
        if self._is_merged:
            return
        for spans_by_codes in self._spans.values():
            for codes, spans in spans_by_codes.items():
                spans_by_codes[codes] = _merged(sorted(spans))
        self._is_merged = True


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
