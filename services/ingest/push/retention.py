"""Limits on keeping the bodies of pushes with errors."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Retention:
    """Largest body that is kept, and for how many days."""

    max_bytes: int
    days: int  # 0: nothing is kept

    def since(self, now: datetime) -> datetime:
        """Return the time before which bodies are deleted."""
        return now - timedelta(days=self.days)
