"""How much of what senders sent is kept, for how long."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Keeping:
    """Of the bodies of pushes with errors."""

    max_bytes: int
    days: int  # 0: nothing is kept

    def since(self, now: datetime) -> datetime:
        """What came before this instant is forgotten."""
        return now - timedelta(days=self.days)
