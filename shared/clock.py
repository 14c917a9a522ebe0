"""The clock of a service. Business time can be fixed in the modes demo and test; tokens use real time, ages elapsed time."""

import time
from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.values.uuid7 import uuid7


class Clock:
    """Business time, which is constant if `fixed` is given; real time, which may be set back; and elapsed time, which may not."""

    def __init__(self, fixed: datetime | None = None) -> None:
        self.fixed = fixed

    def now(self) -> datetime:
        """Return the business time in UTC."""
        return (self.fixed or datetime.now(UTC)).astimezone(UTC)

    def today(self, timezone: str) -> date:
        """Return the business date in a timezone (an IANA name)."""
        return self.now().astimezone(ZoneInfo(timezone)).date()

    @staticmethod
    def real_now() -> datetime:
        """Return the real time in UTC, which only tokens use."""
        return datetime.now(UTC)

    def new_id(self) -> UUID:
        """Return the id of a new resource, which sorts by real time."""
        return uuid7()

    @staticmethod
    def elapsed_s() -> float:
        """Return seconds since an arbitrary point, for ages and waiting times within one process."""
        return time.monotonic()
