"""The product on a PostgreSQL of its operator, which is restarted, away for long, or does not answer."""

import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from cli.postgres.embedded import Embedded
from shared.http.health import CHECK_AGE_S
from tests.cli.recovery.conftest import Made
from tests.cli.recovery.product import Product, copy_of, postmaster, running_product
from tests.cli.waiting import wait_until

BACK_S = 3.0
OUTAGE_S = 21.0  # longer than the pauses between two reads of keys and clients
KEYS_EACH_TIME = "from shared.access import key_ring; key_ring.REFRESH_S = key_ring.TOKEN_CACHE_S = 0.0"


class Server:
    """A PostgreSQL that is not the product's own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self._running = ExitStack()

    def start(self) -> None:
        """Start it."""
        self._running.enter_context(Embedded(self.home).running(exclusive=True))

    def stop(self) -> None:
        """Stop it."""
        self._running.close()

    def restart(self) -> None:
        """Stop and start it."""
        self.stop()
        self.start()

    def crash(self) -> None:
        """Kill it, and wait until it is back."""
        before = postmaster(self.home)
        os.kill(before, signal.SIGKILL)
        wait_until(lambda: postmaster(self.home) != before and Embedded(self.home).is_running(), "the server to be back")

    def kill_a_backend(self) -> None:
        """Kill a process of a connection, upon which the server ends all others."""
        with Embedded(self.home).connect() as connection:
            row = connection.execute(
                "SELECT max(pid) FROM pg_stat_activity WHERE application_name = 'gigacity-ingest'"
            ).fetchone()
        assert row is not None
        os.kill(row[0], signal.SIGKILL)
        wait_until(Embedded(self.home).is_running, "the server to be back")

    def end_connections(self) -> None:
        """End all connections, as an operator may."""
        with Embedded(self.home).connect() as connection:
            connection.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE 'giga%'")

    def signal_all(self, number: signal.Signals) -> None:
        """Send a signal to all its processes."""
        parent = postmaster(self.home)
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
        for pid in (parent, *map(int, children)):
            os.kill(pid, number)


@pytest.fixture(scope="module")
def server(made: Made, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(copy_of(made.home, tmp_path_factory.mktemp("server") / "home"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def product(made: Made, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    folder, url = tmp_path_factory.mktemp("product"), Embedded(server.home).url()
    with running_product(server.home, folder, made.clients, code=KEYS_EACH_TIME, GIGACITY_DATABASE_URL=url) as product:
        yield product


@pytest.mark.parametrize(
    "quiet_fault", [Server.restart, Server.crash, Server.kill_a_backend, Server.end_connections], ids=lambda fault: fault.__name__
)
def test_no_request_fails_because_its_connection_died_in_a_quiet_minute(
    product: Product, server: Server, quiet_fault: Callable[[Server], None]
) -> None:
    assert set(product.all_at_once(4)) <= {200, 201}  # so that there are many connections

    quiet_fault(server)

    assert set(product.all_at_once(4)) <= {200, 201}
    assert product.events("keys_not_read") == []


def test_it_is_back_within_three_seconds_after_a_long_outage(product: Product, server: Server) -> None:
    assert set(product.all_at_once(4)) <= {200, 201}
    server.stop()
    stopped, seen = time.monotonic(), Counter[tuple[str, int]]()
    while time.monotonic() - stopped < OUTAGE_S:
        for send in (product.push, product.new_token, partial(product.get, "/v1/summary?month=2022-08")):
            answer = send()
            seen["request", answer.status_code] += 1
            assert int(answer.headers["Retry-After"]) >= 1
        for path in ("/healthz", "/readyz"):
            seen[path, product.request("GET", path).status_code] += 1
    server.start()
    answers = time.monotonic()
    for path in ("/v1/me", "/v1/imports", "/v1/summary?month=2022-08", "/v1/cases"):
        product.seconds_until(partial(product.get, path))
    product.seconds_until(product.push)
    product.seconds_until(product.new_token)

    assert time.monotonic() - answers <= BACK_S
    assert set(seen) == {("request", 503), ("/healthz", 200), ("/readyz", 503)}
    assert set(product.all_at_once(4)) <= {200, 201}
    assert product.seconds_until(lambda: product.request("GET", "/readyz")) <= BACK_S


def test_it_is_back_after_a_server_that_did_not_answer(product: Product, server: Server) -> None:
    assert set(product.all_at_once(2)) <= {200, 201}
    server.signal_all(signal.SIGSTOP)
    time.sleep(CHECK_AGE_S)  # an earlier result is no longer used
    in_flight = [threading.Thread(target=lambda: product.get("/v1/cases")) for _ in range(12)]
    for thread in in_flight:
        thread.start()
    started = time.monotonic()
    alive, ready = product.request("GET", "/healthz"), product.request("GET", "/readyz")
    probed_s = time.monotonic() - started
    time.sleep(3)
    server.signal_all(signal.SIGCONT)
    took = product.seconds_until(product.push)
    for thread in in_flight:
        thread.join()

    assert (alive.status_code, ready.status_code) == (200, 503)
    assert set(product.events("not_ready")[-1]["failing"].values()) == {"no_response: no response within 1.5 s"}
    assert probed_s < BACK_S
    assert took <= BACK_S
    assert set(product.all_at_once(4)) <= {200, 201}
