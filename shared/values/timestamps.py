"""Timestamps in the one form of the API: RFC 3339 in UTC with microseconds, such as `2022-09-06T02:00:00.000000Z`.

All six digits, because `as_of` with the timestamp of a change must return the data after it.
"""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import PlainSerializer


def timestamp_text(at: datetime) -> str:
    """Return a timestamp as the API writes it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


Timestamp = Annotated[datetime, PlainSerializer(timestamp_text, return_type=str, when_used="json")]
"""A timestamp in a response."""
