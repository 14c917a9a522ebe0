"""Writing counts by portions, as statements that are only sent, and what they answer."""

from typing import Any

from psycopg import AsyncConnection

from services.ingest.counts.write_batches import Portion, reading_cells
from shared.database.connection import AnyCursor
from shared.database.database import Scope
from shared.database.sql import statement

_OVER = reading_cells(statement(__package__, "write_over"))
_NEW = reading_cells(statement(__package__, "write_new"))


class Writes:
    """The counts that one push writes."""

    def __init__(self, connection: AsyncConnection, scope: Scope, version: int) -> None:
        """Nothing is written yet."""
        self._connection = connection
        self._binds: dict[str, Any] = {"campaign": scope.campaign, "org": scope.org, "version": version}
        self._new: list[AnyCursor] = []
        self._over: list[AnyCursor] = []

    async def new(self, portion: Portion) -> None:
        """Write counts where none stand."""
        self._new.append(await self._connection.execute(_NEW, self._binds | portion.binds))

    async def over(self, portion: Portion) -> None:
        """Write counts over those that may stand."""
        self._over.append(await self._connection.execute(_OVER, self._binds | portion.binds))

    async def told(self) -> tuple[int, int]:
        """How many counts are new, and how many changed."""
        told = [row for each in self._over for row in await each.fetchall()]
        created, updated = (sum(column) for column in zip((0, 0), *told, strict=True))
        return sum(each.rowcount for each in self._new) + created, updated
