"""The failures of the database that pass by themselves, in one table by SQLSTATE for every request.

A failure that passes is answered with 503 and `Retry-After`, which programs take as a reason to send the request again.
Everything that is not in the table is a fault of our own statements, and is answered with 500.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

import psycopg
import sqlalchemy.exc


class PassingFailure(NamedTuple):
    """A failure that passes by itself, or that the operator ends."""

    retry_after_s: int
    connection_lost: bool = False  # during COMMIT, nobody knows then whether it took place


_SOON: Final = PassingFailure(1)
_AFTER_REPAIR: Final = PassingFailure(5)
_LOST: Final = PassingFailure(1, connection_lost=True)

PASSING: Final[Mapping[str, PassingFailure]] = {
    "08": _LOST,  # connection exception
    "25006": _AFTER_REPAIR,  # read-only: a standby, or a server that its operator has closed for writing
    "25P03": _SOON,  # idle in transaction for too long
    "25P04": _SOON,  # transaction timeout
    "28": _AFTER_REPAIR,  # the role is locked or has another password
    "3D000": _AFTER_REPAIR,  # the database is away, for example while it is replaced
    "40": _SOON,  # rolled back: deadlock, serialization
    "40003": _LOST,  # statement completion unknown
    "53": _AFTER_REPAIR,  # disk full, out of memory, too many connections
    "55000": _SOON,  # the server is not in the required state, such as still in recovery
    "55006": _SOON,  # object in use
    "55P03": _SOON,  # lock not available
    "57": _SOON,  # cancelled: a timeout, or an operator
    "57P": _LOST,  # shutdown, crash, starting up, database dropped
    "58": _AFTER_REPAIR,  # the server's disk or files
    "72": _SOON,  # snapshot too old
}
"""By SQLSTATE, by its first three characters or by its class; the longest entry decides."""


def passing_failure(error: BaseException) -> PassingFailure | None:
    """Return how a failure passes; None if the error is not the database's, or is a fault of our own statement."""
    cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
    if isinstance(cause, sqlalchemy.exc.TimeoutError):  # all connections are in use
        return _SOON
    if not isinstance(cause, psycopg.Error):
        return None
    if cause.sqlstate is None:  # from the client's side: no connection, or one that was lost
        return _LOST if isinstance(cause, psycopg.OperationalError) else None
    prefixes = (cause.sqlstate[:length] for length in (5, 3, 2))
    return next((PASSING[prefix] for prefix in prefixes if prefix in PASSING), None)
