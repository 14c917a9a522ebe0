"""Every SQLSTATE that the driver knows is either a failure that passes or a fault of our own, and so are failures without one."""

import psycopg
import pytest
import sqlalchemy.exc
from psycopg_pool import PoolTimeout

from shared.database.sqlstates import PASSING, passing_failure

PASSING_CLASSES = {"08", "28", "40", "53", "57", "58", "72"}
PASSING_CODES = {"25006", "25P03", "25P04", "3D000", "55000", "55006", "55P03"}
LOST = {"57P01", "57P02", "57P03", "57P04", "57P05", "40003"}

ERRORS: dict[str, type[psycopg.Error]] = {
    kind.sqlstate: kind
    for kind in vars(psycopg.errors).values()
    if isinstance(kind, type) and issubclass(kind, psycopg.Error) and kind.sqlstate
}


def test_all_classes_are_here() -> None:
    assert len(ERRORS) > 200
    assert {code[:2] for code in ERRORS} >= PASSING_CLASSES | {"0A", "21", "22", "23", "25", "3D", "42", "54", "55", "P0", "XX"}
    assert {prefix for prefix in PASSING if not any(code.startswith(prefix) for code in ERRORS)} == set()


@pytest.mark.parametrize("sqlstate", sorted(ERRORS))
def test_a_failure_passes_or_is_a_fault_of_ours_however_it_is_wrapped(sqlstate: str) -> None:
    failure = passing_failure(ERRORS[sqlstate]())

    assert (failure is not None) == (sqlstate[:2] in PASSING_CLASSES or sqlstate in PASSING_CODES)
    assert failure is None or failure.retry_after_s in {1, 5}
    assert (failure is not None and failure.connection_lost) == (sqlstate in LOST or sqlstate.startswith("08"))
    assert passing_failure(sqlalchemy.exc.DBAPIError("SELECT 1", {}, ERRORS[sqlstate]())) == failure


@pytest.mark.parametrize(
    ("error", "passes"),
    [
        (psycopg.OperationalError("server closed the connection unexpectedly"), True),
        (PoolTimeout("couldn't get a connection"), True),
        (sqlalchemy.exc.TimeoutError(), True),
        (sqlalchemy.exc.OperationalError("SELECT 1", {}, psycopg.OperationalError("connection refused")), True),
        (psycopg.ProgrammingError("the query has 1 placeholder"), False),
        (psycopg.InterfaceError(), False),
        (psycopg.DataError("cannot dump"), False),
        (ValueError(), False),
        (TimeoutError(), False),
    ],
)
def test_a_failure_without_sqlstate_passes_if_it_is_the_connections(error: Exception, *, passes: bool) -> None:
    assert (passing_failure(error) is not None) == passes


def test_a_fault_of_a_class_that_the_driver_does_not_know_is_ours() -> None:
    class Unknown(psycopg.DatabaseError):
        sqlstate = "ZZ999"

    assert passing_failure(Unknown()) is None
