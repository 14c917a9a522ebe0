"""Days of items in the campaign's time zone, and days that are left until a date on which something is expected."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Date, cast


def local_day(timestamp: ColumnElement[Any]) -> ColumnElement[date]:
    """Return the day of a timestamp in the time zone of the transaction, in SQL."""
    return cast(timestamp, Date)


def time_left(day: date | None, today: date) -> dict[str, Any]:
    """Return the fields `days_left` and `overdue`; `day` is None if nothing is expected."""
    days_left = None if day is None else (day - today).days
    return {"days_left": days_left, "overdue": days_left is not None and days_left < 0}
