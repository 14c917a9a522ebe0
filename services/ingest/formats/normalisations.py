"""Keeps account of what was read generously, in little memory whatever the number of rows."""

from dataclasses import dataclass

from services.ingest.formats.rows import Normalisation, safe_excerpt
from shared.vocabulary import NormalisationKind

_ROWS_NAMED = 5


@dataclass(slots=True)
class _Tally:
    before: str | None
    after: str | None
    rows: list[int]
    count: int = 0


class NormalisationLog:
    """One tally a kind."""

    def __init__(self) -> None:
        """Start with none."""
        self._tallies: dict[NormalisationKind, _Tally] = {}

    def add(self, kind: NormalisationKind, row: int | None = None, before: str | None = None, after: str | None = None) -> None:
        """Count one more of a kind; the first one is the example."""
        tally = self._tallies.get(kind)
        if tally is None:
            tally = _Tally(None if before is None else safe_excerpt(before), None if after is None else safe_excerpt(after), [])
            self._tallies[kind] = tally
        tally.count += 1
        if row is not None and len(tally.rows) < _ROWS_NAMED:
            tally.rows.append(row)

    def listed(self) -> list[Normalisation]:
        """All tallies, in the order of the vocabulary."""
        return [
            Normalisation(kind, tally.count, tuple(tally.rows), tally.before, tally.after)
            for kind in NormalisationKind
            if (tally := self._tallies.get(kind))
        ]
