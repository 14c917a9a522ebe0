"""The embedded PostgreSQL is killed, stopped, or loses its disk: the product is back by itself, or says why not and ends."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest

from cli.postgres.embedded import Embedded
from tests.cli.commands import environment_of
from tests.cli.recovery.conftest import Made
from tests.cli.recovery.product import COMMAND, Product, copy_of, fill, postmaster, running_product, small_disk
from tests.cli.waiting import wait_until

BACK_S = 3.0
IMPATIENT = "import cli.postgres.supervisor as supervisor; supervisor.GIVE_UP_AFTER_S = 1.0"

Fault = Callable[[Product], object]


def signalled(number: signal.Signals) -> Fault:
    return lambda product: os.kill(postmaster(product.home), number)


def kill_a_backend(product: Product) -> None:
    with Embedded(product.home).connect() as connection:
        row = connection.execute("SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'gigacity%' LIMIT 1").fetchone()
    assert row is not None
    os.kill(row[0], signal.SIGKILL)


def remove_the_socket(product: Product) -> None:
    shutil.rmtree(Embedded(product.home).sockets)


FAULTS: dict[str, Fault] = {
    "killed": signalled(signal.SIGKILL),  # by hand, or for lack of memory
    "shut down": signalled(signal.SIGINT),
    "told to end when its clients have gone": signalled(signal.SIGTERM),
    "immediate shutdown": signalled(signal.SIGQUIT),
    "aborted": signalled(signal.SIGABRT),
    "backend killed": kill_a_backend,
    "socket folder removed": remove_the_socket,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_it_is_back_within_three_seconds_and_has_lost_nothing(product: Product, fault: str) -> None:
    key = f"before {fault}".replace(" ", "-")
    assert product.push(key, 7).status_code == 201
    ends, restarts = len(product.events("postgres_ended")), len(product.events("postgres_restarted"))

    FAULTS[fault](product)
    assert product.request("GET", "/healthz").status_code == 200
    took = product.seconds_until(product.push)

    assert took <= BACK_S
    if fault != "backend killed":  # which the server itself recovers from
        wait_until(lambda: len(product.events("postgres_restarted")) > restarts, "the restart")
        told = product.events("postgres_ended")
        assert len(told) == ends + 1
        assert told[-1]["level"] == "critical"
        assert told[-1]["how"]
        assert "UTC [" in told[-1]["end_of_log"]
    assert set(product.all_at_once(2)) <= {200, 201}
    replayed = product.push(key, 7)
    assert (replayed.status_code, replayed.headers["Idempotency-Replayed"]) == (201, "true")


def need_a_segment(home: Path) -> None:
    """Write until the server has to create a file for its write-ahead log, and cannot."""
    fresh_segment = "SELECT pg_logical_emit_message(false, 'test', repeat('x', 1000000)), pg_switch_wal()"
    with suppress(psycopg.OperationalError), Embedded(home).connect() as connection:
        for _ in range(20):
            connection.execute(fresh_segment)
        pytest.fail("the disk is not full")


def test_it_waits_for_a_full_disk_and_is_back_once_there_is_room(made: Made, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 200) as disk:
        if disk is None:
            pytest.skip("NOT CHECKED: a full disk, because this account may not mount one")
        home = copy_of(made.home, disk / "home")
        with running_product(home, tmp_path, made.clients, code=IMPATIENT) as product:
            assert product.push("acknowledged", 7).status_code == 201
            filler = fill(disk)
            need_a_segment(home)
            wait_until(lambda: product.events("postgres_ended") != [], "the end of the server")
            time.sleep(2)  # longer than it tries in other cases
            refused = product.push()
            alive, ready = product.request("GET", "/healthz"), product.request("GET", "/readyz")
            filler.unlink()
            took = product.seconds_until(product.push)
            replayed = product.push("acknowledged", 7)

            assert (refused.status_code, alive.status_code, ready.status_code) == (503, 200, 503)
            assert took <= BACK_S
            assert (replayed.status_code, replayed.headers["Idempotency-Replayed"]) == (201, "true")
            told = product.events("postgres_ended")
            assert told[-1]["advice"] == "the disk is full: free some space"
            assert "No space left on device" in told[-1]["end_of_log"]
            assert len(told) <= 2  # once, however often it tries


def break_configuration(home: Path) -> None:
    local = Embedded(home).data / "local.conf"
    local.write_text("shared_buffers = 'much'\n")
    local.chmod(0o644)


def test_it_ends_with_an_error_if_the_server_cannot_be_kept_running(home: Path, made: Made, tmp_path: Path) -> None:
    with running_product(home, tmp_path, made.clients, code=IMPATIENT, status=1) as product:
        break_configuration(home)
        os.kill(postmaster(home), signal.SIGKILL)
        assert product.process.wait(20) == 1

        assert len(product.events("postgres_ended")) == 1
        assert len(product.events("postgres_given_up")) == 1
        last_lines = product.logged().splitlines()[-10:]
        assert any("PostgreSQL does not run" in line for line in last_lines)
        assert any("invalid value for parameter" in line for line in last_lines)
        assert "Traceback" not in product.logged()


def test_a_first_start_that_fails_ends_at_once_with_the_reason(home: Path, tmp_path: Path) -> None:
    break_configuration(home)
    refused = subprocess.run(
        [sys.executable, "-c", COMMAND, "up", "--port", "0"],
        env=environment_of({"GIGACITY_HOME": str(home)}),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,  # of which a busy machine needs half to start
        check=False,
    )

    assert refused.returncode == 1
    assert "invalid value for parameter" in refused.stderr
    assert "Traceback" not in refused.stderr
