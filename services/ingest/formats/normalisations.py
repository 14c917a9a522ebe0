"""Log of normalisations: it stays small whatever the number of rows."""

from dataclasses import dataclass

from services.ingest.formats.rows import Normalisation, safe_excerpt
from shared.vocabulary import NormalisationKind

_ROWS_LISTED = 5


@dataclass(slots=True)
class _Tally:
    before: str | None
    after: str | None
    rows: list[int]
    count: int = 0


class NormalisationLog:
    """Number, first rows and first example of each kind of normalisation in a body."""

    def __init__(self) -> None:
        self._tallies: dict[NormalisationKind, _Tally] = {}

    def add(self, kind: NormalisationKind, row: int | None = None, before: str | None = None, after: str | None = None) -> None:
        """Count one normalisation; the first of its kind becomes the example."""
        tally = self._tallies.get(kind)
        if tally is None:
            tally = _Tally(None if before is None else safe_excerpt(before), None if after is None else safe_excerpt(after), [])
            self._tallies[kind] = tally
        tally.count += 1
        if row is not None and len(tally.rows) < _ROWS_LISTED:
            tally.rows.append(row)

    def to_list(self) -> list[Normalisation]:
        """Return the normalisations in the order of the vocabulary."""
        return [
            Normalisation(kind, tally.count, tuple(tally.rows), tally.before, tally.after)
            for kind in NormalisationKind
            if (tally := self._tallies.get(kind))
        ]
