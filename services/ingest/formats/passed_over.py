"""Log of what has numbers and was neither stored nor checked, by name."""

from services.ingest.formats.rows import PassedOver, safe_excerpt
from shared.vocabulary import PassedOverReason

_LISTED_MAX = 1_000


class PassedOverLog:
    """The columns, rows and sheets of a push that were passed over."""

    def __init__(self) -> None:
        self._entries: dict[PassedOver, None] = {}

    def add(self, reason: PassedOverReason, sheet: str | None, cell: str | None, text: str) -> bool:
        """Name something that is passed over; return False if there is no room for it, so that it cannot be passed over."""
        entry = PassedOver(reason, sheet, cell, safe_excerpt(text))
        if entry not in self._entries and len(self._entries) >= _LISTED_MAX:
            return False
        self._entries[entry] = None
        return True

    def to_list(self) -> list[PassedOver]:
        """Return what was passed over, in order."""
        return list(self._entries)
