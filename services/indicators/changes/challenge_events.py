"""The data versions that opened or ended challenges."""

from typing import Final

from services.indicators.challenged_counts import count_place, fetch_visible
from services.indicators.changes.causes import ChallengeEvent
from shared.database.sql import statement
from shared.reading.reading import Reading

_EVENTS: Final = statement(__package__, "challenge_events")


async def read_challenge_events(old: Reading, new: Reading) -> list[ChallengeEvent]:
    """Return the data versions between two that opened or ended challenges, oldest first."""
    rows = await fetch_visible(new, _EVENTS, after=old.version, to=new.version)
    events = ((version, count_place(new.definition, *count)) for version, *count in rows)
    return [ChallengeEvent(version, place) for version, place in events if place]
