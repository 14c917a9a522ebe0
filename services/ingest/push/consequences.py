"""What a push moves: the lines that its sender may read, and the findings of its months."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple, ParamSpec, TypeVar

from psycopg import AsyncConnection

from services.ingest.push.effects import Effects
from services.ingest.push.request import Push
from services.ingest.quality.found import Found, findings_of, plans_of
from services.ingest.quality.overlay import Overlay
from services.ingest.quality.standing import Standing
from services.ingest.quality.state import AskedStates, Plans, ask_counts, ask_states, references_of
from shared.database.database import Later, answer_first, whole_campaign
from shared.domain.summary import CountsRow

P = ParamSpec("P")
R = TypeVar("R")


class Moved(NamedTuple):
    """What a push moves."""

    effects: list[dict[str, Any]]
    found: Found


@dataclass(frozen=True, slots=True)
class Outlook:
    """What stood before a push wrote: read once, while the head is locked."""

    asked: Push
    plans: Plans  # the rules of the sender's months that the push touches
    lines: Effects
    stood: Later[list[CountsRow]]
    states: AskedStates | None  # what the rules look at, where the push can be foreseen

    async def moved(self, connection: AsyncConnection, overlay: Overlay | None) -> Moved:
        """What moves: computed from the overlay of what the push does, else read again on the connection that wrote."""
        stood = await self.stood()
        if overlay and self.states:
            left, states = await self._aside(overlay.over, stood), self.states
        else:
            anew = Standing(connection, self.asked.scope, self.lines.definition)
            async with whole_campaign(connection, self.asked.scope):
                after = await self.lines.look(connection)
                states = await ask_states(anew, self.plans, None, self.lines.referred(after, self.plans))
            left = await after()
        effects = await self._aside(self.lines.between, stood, left)
        by_place = await states.read(overlay)
        return Moved(effects, await self._aside(findings_of, self.lines.definition, states.plans, by_place))

    async def _aside(self, compute: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
        """Compute something, for a large push on a thread: everybody else would wait for it."""
        return await asyncio.to_thread(compute, *args, **named) if self.asked.bulk else compute(*args, **named)


async def ask_outlook(
    standing: Standing, overlay: Overlay | None, *, asked: Push, months: Sequence[date], today: date
) -> Outlook:
    """Ask for what stands. `overlay` is what the push does, as far as it can be foreseen before rows are refused by rules."""
    connection, definition = standing.connection, standing.definition
    plans = plans_of(definition, [(asked.scope.org, month) for month in months])
    lines = Effects(asked, definition, months, today, overlay.metrics | references_of(plans) if overlay else None)
    if overlay:
        await ask_counts(standing, plans, overlay)
        answer_first(connection)  # rows are judged while the server looks up what lines are computed from
    async with whole_campaign(connection, asked.scope):
        stood = await lines.look(connection)
        states = await ask_states(standing, plans, overlay, lines.referred(stood, plans)) if overlay else None
    return Outlook(asked, plans, lines, stood, states)
