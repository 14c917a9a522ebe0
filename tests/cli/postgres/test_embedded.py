"""The embedded PostgreSQL: its creation, its stops, and restarts after crashes."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from cli.postgres.binaries import server_account
from cli.postgres.embedded import Embedded
from cli.postgres.supervisor import EmbeddedError
from tests.cli.waiting import wait_until

OWNER_PROCESS = """
import sys, time
from pathlib import Path
from cli.postgres.embedded import Embedded
with Embedded(Path(sys.argv[1])).running(exclusive=True):
    print("up", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def new_home(tmp_path: Path) -> Path:
    """A folder without a server yet, whose path is longer than a socket's may be."""
    return tmp_path / ("long" * 30) / "home"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a stopped server."""
    home = tmp_path_factory.mktemp("made")
    with Embedded(home).running():
        return home


@pytest.fixture
def home(new_home: Path, made: Path) -> Path:
    """A copy of a home with a server: creating one takes a while."""
    new_home.parent.mkdir()
    subprocess.run(["/bin/cp", "-a", made, new_home], check=True)
    return new_home


def shown(server: Embedded, name: str) -> str:
    with server.connect() as connection:
        row = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert row is not None
    return str(row[0])


def postmaster(server: Embedded) -> int:
    return int((server.data / "postmaster.pid").read_text(encoding="utf-8").split()[0])


def remember(server: Embedded, value: int) -> None:
    with server.connect("gigacity") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value integer)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def remembered(server: Embedded) -> list[int]:
    with server.connect("gigacity") as connection:
        return [value for (value,) in connection.execute("SELECT value FROM kept ORDER BY value")]


def test_it_is_made_safe_and_listens_on_no_network(new_home: Path) -> None:
    with Embedded(new_home).running() as server:
        settings = {
            name: shown(server, name)
            for name in (
                "data_checksums",
                "fsync",
                "full_page_writes",
                "password_encryption",
                "listen_addresses",
                "server_encoding",
            )
        }

        assert settings == {
            "data_checksums": "on",
            "fsync": "on",
            "full_page_writes": "on",
            "password_encryption": "scram-sha-256",
            "listen_addresses": "",
            "server_encoding": "UTF8",
        }
        assert len(os.fsencode(server.sockets)) <= 93
        with server.connect() as connection:
            assert connection.execute("SELECT datlocale FROM pg_database WHERE datname = 'gigacity'").fetchone() == ("C.UTF-8",)


def test_the_owner_of_the_database_is_no_superuser_and_needs_its_password(home: Path) -> None:
    with Embedded(home).running() as server:
        with psycopg.connect(server.url()) as connection:
            assert connection.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(server.url().replace(server.password("gigacity"), "wrong"))


def test_passwords_are_readable_by_nobody_else(home: Path) -> None:
    with Embedded(home).running():
        modes = {path.name: path.stat().st_mode & 0o777 for path in (home / "passwords").iterdir()}

    assert modes == {"postgres": 0o600, "gigacity": 0o600}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to become somebody else")
def test_root_runs_it_as_somebody_else_even_below_a_closed_folder(new_home: Path) -> None:
    new_home.mkdir(parents=True)
    new_home.parent.chmod(0o700)

    with Embedded(new_home).running() as server:
        assert Path("/proc", str(postmaster(server))).stat().st_uid != 0


def test_what_was_stored_is_there_after_a_stop_and_a_start(home: Path) -> None:
    with Embedded(home).running() as server:
        remember(server, 1)
    assert not server.is_running()

    with Embedded(home).running() as server:
        assert remembered(server) == [1]


def test_it_starts_again_after_its_postmaster_was_killed(home: Path) -> None:
    with Embedded(home).running() as server:
        remember(server, 1)
        with server.connect() as survivor:
            os.kill(postmaster(server), signal.SIGKILL)
            assert survivor.info.backend_pid

    with Embedded(home).running() as server:
        assert remembered(server) == [1]


def owner_process(home: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", OWNER_PROCESS, home], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    return process


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell a child that its parent died")
def test_it_ends_with_the_process_that_owns_it(home: Path) -> None:
    with owner_process(home) as owner:
        pid = postmaster(Embedded(home))
        owner.kill()

    wait_until(lambda: not Path("/proc", str(pid)).exists(), "the server to end")
    Embedded(home).sockets.rmdir()  # empty: it took its socket away


def test_whoever_comes_after_a_killed_owner_can_start_at_once(home: Path) -> None:
    with owner_process(home) as owner:
        remember(Embedded(home), 1)
        owner.kill()

    with Embedded(home).running(exclusive=True) as server:
        assert remembered(server) == [1]


def test_a_lock_file_that_names_another_program_is_seen_through(home: Path) -> None:
    account = server_account()
    stranger = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, user=account.uid if account else None)
    (home / "postgres" / "postmaster.pid").write_text(f"{stranger.pid}\n{home}\n{int(time.time())}\n5432\n\n\n0 0\n")

    with Embedded(home).running() as server:
        assert server.is_running()
    stranger.communicate()


def test_a_folder_that_was_half_made_is_made_again(new_home: Path) -> None:
    (new_home / "postgres.new").mkdir(parents=True)
    (new_home / "postgres.new" / "PG_VERSION").write_text("18\n")

    with Embedded(new_home).running() as server:
        assert server.is_running()


def test_a_borrower_leaves_the_server_running(home: Path) -> None:
    with Embedded(home).running(exclusive=True) as server:
        with Embedded(home).running() as borrowed:
            remember(borrowed, 1)

        assert remembered(server) == [1]


def test_a_second_owner_waits_its_turn_and_then_gives_up(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.postgres.embedded.LOCK_TIMEOUT_S", 1.5)
    with owner_process(home) as owner:
        with (
            pytest.raises(EmbeddedError, match=rf"another process \(number {owner.pid}\) serves"),
            Embedded(home).running(exclusive=True),
        ):
            pass
        owner.terminate()


def test_two_homes_do_not_disturb_each_other(tmp_path: Path) -> None:
    with Embedded(tmp_path / "a").running() as a, Embedded(tmp_path / "b").running() as b:
        remember(a, 1)
        remember(b, 2)

        assert (remembered(a), remembered(b)) == ([1], [2])


@pytest.mark.parametrize("squat", [lambda path: path.symlink_to("/tmp"), lambda path: path.touch()])  # noqa: S108
def test_a_socket_folder_of_somebody_else_is_refused(home: Path, squat: Callable[[Path], None]) -> None:
    server = Embedded(home)
    squat(server.sockets)
    try:
        with pytest.raises(EmbeddedError, match="belongs to another user"), server.running():
            pass
    finally:
        server.sockets.unlink()
