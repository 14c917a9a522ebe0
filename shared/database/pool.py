"""A pool of connections that gives out no dead one, and connects again as soon as the database answers."""

import select
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection
from psycopg_pool import AsyncConnectionPool

CONNECTION_LIMITS: Final[dict[str, Any]] = {
    "connect_timeout": 2,  # a longer one would outlast an outage by that much
    # A database that vanished without a word (power, network) is noticed after about ten seconds, idle or not.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


class LivePool(AsyncConnectionPool[AsyncConnection]):
    """A psycopg pool for databases that restart.

    The pool's own `check` costs a round trip for each request and pauses for a second after the second dead connection; its
    reconnecting pauses for minutes after a long outage. Here a connection is looked at, which costs microseconds, and a failed
    attempt to connect is forgotten: the next request makes a new one.
    """

    def __init__(self, url: str, *, max_size: int, timeout_s: float, parameters: dict[str, Any]) -> None:
        """`timeout_s` is the longest wait for a connection; `parameters` are those of each connection."""
        super().__init__(
            url,
            open=False,
            min_size=1,
            max_size=max_size,
            timeout=timeout_s,
            reconnect_timeout=0,  # a failed attempt is repeated once, without a pause
            kwargs=parameters,
        )

    async def getconn(self, timeout: float | None = None) -> AsyncConnection:  # noqa: ASYNC109 - the pool's own interface
        """Return a connection that lives; dead ones are discarded, and their time does not count. Raises `PoolTimeout`."""
        while True:
            connection = await super().getconn(timeout)
            try:
                if await _is_alive(connection):
                    return connection
            except BaseException:  # the request was cancelled
                await self.putconn(connection)
                raise
            await self.putconn(connection)


async def _is_alive(connection: AsyncConnection) -> bool:
    """Return whether the server is still at the other end; close the connection if not."""
    try:
        if _has_input(connection):
            await connection.execute("")
    except psycopg.Error:
        await connection.close()
        return False
    return True


def _has_input(connection: AsyncConnection) -> bool:
    """Return whether something has arrived on an idle connection: usually its end, sometimes a notice."""
    sockets = select.poll()
    sockets.register(connection.fileno(), select.POLLIN)
    return bool(sockets.poll(0))
