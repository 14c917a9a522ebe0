"""The one clock. Business time can be set in the modes demo and test; token times are always real."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


class Clock:
    """Tells the business time, which stands still where `fixed` is given."""

    def __init__(self, fixed: datetime | None = None) -> None:
        self.fixed = fixed

    def now(self) -> datetime:
        """The business instant, in UTC."""
        return (self.fixed or datetime.now(UTC)).astimezone(UTC)

    def today(self, timezone: str) -> date:
        """The business date in the campaign's timezone (an IANA name)."""
        return self.now().astimezone(ZoneInfo(timezone)).date()

    @staticmethod
    def real_now() -> datetime:
        """The real instant, in UTC: for tokens and nothing else."""
        return datetime.now(UTC)
