"""Counts that are written while the rest of their push is read."""

from dataclasses import dataclass
from functools import partial

from services.ingest.counts.intake import Intake
from services.ingest.counts.write_batches import CELLS, Portion
from services.ingest.counts.writes import Writes
from services.ingest.push.turn import Turn
from shared.database.database import Scope


@dataclass(slots=True)
class CountsAhead:
    """Sends what comes in to be written, portion by portion, as long as nothing is wrong."""

    turn: Turn
    scope: Scope
    intake: Intake
    writes: Writes | None = None  # once something is written

    def __post_init__(self) -> None:
        """From now on the intake keeps what comes in, for it to be taken away."""
        self.intake.entered = Portion()

    async def follow(self) -> None:
        """Send what was read, where it is enough."""
        await self._send_from(CELLS)

    async def finish(self) -> Writes | None:
        """Send the rest, now that everything is read; None where nothing is written ahead."""
        await self._send_from(1 if self.writes else CELLS)
        await self.turn.send(None)
        return self.writes

    async def _send_from(self, cells: int) -> None:
        entered = self.intake.entered
        if entered and self.intake.wrong:
            await self._give_up()
        elif entered and entered.cells >= cells:
            await self._send(entered)

    async def _send(self, portion: Portion) -> None:
        head = await self.turn.lock_ahead(portion.months) if self.writes or self.intake.in_order else None
        if head is None:
            await self._give_up()
            return
        self.writes = self.writes or Writes(self.turn.connection, self.scope, head.version + 1)
        await self.turn.send(partial(self.writes.over if self.turn.filled else self.writes.new, portion))
        self.intake.entered = Portion()

    async def _give_up(self) -> None:
        self.intake.entered = self.writes = None
        await self.turn.give_up()
