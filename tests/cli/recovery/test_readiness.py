"""A fault that keeps a service from serving is named in /readyz, and requests get 503 until it has passed."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import NamedTuple

import httpx
import psycopg
import pytest

from cli.postgres.embedded import Embedded
from shared.http.health import CHECK_AGE_S
from tests.cli.recovery.conftest import Made
from tests.cli.recovery.product import Product, copy_of, running_product

FOUR = ("identity", "ingest", "indicators", "cases")
ALL = set(FOUR)


class Place(NamedTuple):
    """The product, and its database as the superuser."""

    product: Product
    database: psycopg.Connection

    def end_connections(self) -> None:
        """End the services' connections, so that the next ones are new."""
        self.database.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename LIKE 'gigacity_%'")


@pytest.fixture(scope="module")
def place(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("readiness")
    home = copy_of(made.home, folder / "home")
    with (
        running_product(home, folder, made.clients, GIGACITY_POOL_SIZE="2") as product,
        Embedded(home).connect("gigacity") as database,
    ):
        yield Place(product, database)


@contextmanager
def changed(place: Place, change: str, back: str, *, end_connections: bool = False) -> Iterator[None]:
    """Change the database during the block."""
    place.database.execute(change)
    try:
        if end_connections:
            place.end_connections()
        yield
    finally:
        place.database.execute(back)
        if end_connections:
            place.end_connections()


@contextmanager
def another_password(place: Place) -> Iterator[None]:
    row = place.database.execute("SELECT rolpassword FROM pg_authid WHERE rolname = 'gigacity_cases'").fetchone()
    assert row is not None
    with changed(place, "ALTER ROLE gigacity_cases PASSWORD 'other'", f"ALTER ROLE gigacity_cases PASSWORD '{row[0]}'"):
        yield


@contextmanager
def busy_connections(place: Place) -> Iterator[None]:
    """Hold all connections of indicators in statements that wait, one after the other."""
    running = True
    place.product.token()

    def ask() -> None:
        while running:
            place.product.get("/v1/summary?month=2022-08")

    with psycopg.connect(Embedded(place.product.home).url("postgres", "gigacity")) as locker:
        locker.execute("LOCK TABLE campaign")
        threads = [threading.Thread(target=ask) for _ in range(12)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        try:
            yield
        finally:
            running = False
            locker.rollback()
            for thread in threads:
                thread.join()


Fault = Callable[[Place], AbstractContextManager[None]]
FAULTS: dict[str, tuple[Fault, set[str], str]] = {
    "role locked": (
        lambda place: changed(place, "ALTER ROLE gigacity_ingest NOLOGIN", "ALTER ROLE gigacity_ingest LOGIN"),
        {"ingest"},
        "cannot log in to the database",
    ),
    "password changed": (another_password, {"cases"}, "cannot log in to the database"),
    "no connection for a role": (
        lambda place: changed(
            place, "ALTER ROLE gigacity_indicators CONNECTION LIMIT 0", "ALTER ROLE gigacity_indicators CONNECTION LIMIT -1"
        ),
        {"indicators"},
        "cannot log in to the database",
    ),
    "read-only": (
        lambda place: changed(
            place,
            "ALTER DATABASE gigacity SET default_transaction_read_only = on",
            "ALTER DATABASE gigacity RESET default_transaction_read_only",
        ),
        ALL,
        "the database accepts no writes",
    ),
    "read-only for one role": (
        lambda place: changed(
            place,
            "ALTER ROLE gigacity_identity SET default_transaction_read_only = on",
            "ALTER ROLE gigacity_identity RESET default_transaction_read_only",
        ),
        {"identity"},
        "the database accepts no writes",
    ),
    "may not write": (
        lambda place: changed(place, "REVOKE INSERT ON audit FROM gigacity_ingest", "GRANT INSERT ON audit TO gigacity_ingest"),
        {"ingest"},
        "the database accepts no writes",
    ),
    "migration missing": (
        lambda place: changed(
            place, "ALTER TABLE alembic_version RENAME TO elsewhere", "ALTER TABLE elsewhere RENAME TO alembic_version"
        ),
        ALL,
        "the database is not migrated or not configured safely",
    ),
    "unsafe setting": (
        lambda place: changed(
            place,
            "ALTER ROLE gigacity_cases SET synchronous_commit = off",
            "ALTER ROLE gigacity_cases RESET synchronous_commit",
        ),
        {"cases"},
        "the database is not migrated or not configured safely",
    ),
    "all connections busy": (busy_connections, {"indicators"}, "no connection to the database is free"),
}


def not_ready(product: Product) -> httpx.Response:
    """Return the answer of /readyz. Statements that wait give up and leave their connections for a moment, so ask again."""
    for _ in range(10):
        answer = product.request("GET", "/readyz", headers={"Accept-Language": "en"})
        if answer.status_code != 200:
            break
        time.sleep(CHECK_AGE_S / 2)
    return answer


@pytest.mark.parametrize("fault", FAULTS)
def test_what_fails_is_named_in_the_answer_and_in_the_log_while_the_process_is_alive(place: Place, fault: str) -> None:
    product = place.product
    product.seconds_until(lambda: product.request("GET", "/readyz"))
    break_it, services, reason = FAULTS[fault]

    with break_it(place):
        time.sleep(CHECK_AGE_S)
        ready = not_ready(product)
        alive = product.request("GET", "/healthz")

    assert (ready.status_code, ready.json()["code"], alive.status_code) == (503, "overloaded", 200)
    assert ready.json()["detail"] == "; ".join(f"{name}: {reason}" for name in FOUR if name in services)
    assert "gigacity_" not in ready.text  # no roles, no addresses
    assert set(product.events("not_ready")[-1]["failing"]) == services
    assert product.seconds_until(lambda: product.request("GET", "/readyz")) < 3


REFUSALS: dict[str, tuple[Fault, str]] = {
    "read-only": (
        lambda place: changed(
            place,
            "ALTER DATABASE gigacity SET default_transaction_read_only = on",
            "ALTER DATABASE gigacity RESET default_transaction_read_only",
            end_connections=True,
        ),
        "5",
    ),
    "role locked": (
        lambda place: changed(
            place, "ALTER ROLE gigacity_ingest NOLOGIN", "ALTER ROLE gigacity_ingest LOGIN", end_connections=True
        ),
        "1",
    ),
    "too many connections": (
        lambda place: changed(
            place,
            "ALTER ROLE gigacity_ingest CONNECTION LIMIT 0",
            "ALTER ROLE gigacity_ingest CONNECTION LIMIT -1",
            end_connections=True,
        ),
        "1",
    ),
    "statement timeout": (
        lambda place: changed(
            place,
            "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE query_canceled; END $$;"
            " CREATE TRIGGER slow BEFORE INSERT ON import FOR EACH ROW EXECUTE FUNCTION slow()",
            "DROP TRIGGER slow ON import; DROP FUNCTION slow",
        ),
        "1",
    ),
    "disk full": (
        lambda place: changed(
            place,
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE disk_full; END $$;"
            " CREATE TRIGGER full_disk BEFORE INSERT ON observation FOR EACH ROW EXECUTE FUNCTION full_disk()",
            "DROP TRIGGER full_disk ON observation; DROP FUNCTION full_disk",
        ),
        "5",
    ),
}


@pytest.mark.parametrize("fault", REFUSALS)
def test_a_push_that_meets_a_state_that_passes_is_told_to_come_back_and_succeeds_then(place: Place, fault: str) -> None:
    product, key = place.product, f"refused-{fault}".replace(" ", "-")
    product.seconds_until(product.push)
    break_it, retry_after = REFUSALS[fault]

    with break_it(place):
        refused = product.push(key, 77)
    product.seconds_until(lambda: product.push(key, 77))
    repeated = product.push(key, 77)

    assert (refused.status_code, refused.json()["code"], refused.headers["Retry-After"]) == (503, "overloaded", retry_after)
    assert (repeated.status_code, repeated.headers["Idempotency-Replayed"]) == (201, "true")


def test_a_fault_of_ours_is_not_told_as_one_that_passes(place: Place) -> None:
    fault = changed(
        place,
        "CREATE FUNCTION wrong() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE check_violation; END $$;"
        " CREATE TRIGGER wrong BEFORE INSERT ON observation FOR EACH ROW EXECUTE FUNCTION wrong()",
        "DROP TRIGGER wrong ON observation; DROP FUNCTION wrong",
    )
    with fault:
        refused = place.product.push()

    assert (refused.status_code, refused.json()["code"]) == (500, "internal_error")
    assert "Retry-After" not in refused.headers
