"""The clients as they were a few seconds ago, so that a right secret is recognised before it waits for anything."""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from sqlmodel import col, select

from shared.clock import Clock
from shared.database.database import Database
from shared.tables.client import Client

KNOWN_S: Final = 5.0  # age at which the clients are read again


class KnownClients:
    """The clients that are not revoked, read once for all requests that ask for them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._clients: Mapping[str, Client] = MappingProxyType({})
        self._read_at = float("-inf")
        self._reading: asyncio.Task[None] | None = None

    async def find(self, client_id: str) -> Client | None:
        """Return a client as it was at most `KNOWN_S` ago, None for one that was unknown or revoked.

        All requests that meanwhile ask wait for the same read, and fail with it.
        """
        if self._clock.elapsed_s() - self._read_at > KNOWN_S:
            if self._reading is None or self._reading.done():
                self._reading = asyncio.create_task(self._read())
            await asyncio.shield(self._reading)
        return self._clients.get(client_id)

    async def _read(self) -> None:
        read_at = self._clock.elapsed_s()
        async with self._database.session(None) as session:
            clients = (await session.exec(select(Client).where(col(Client.revoked_at).is_(None)))).all()
        self._clients, self._read_at = {client.client_id: client for client in clients}, read_at
