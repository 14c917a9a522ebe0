"""Whoever waits is told soon what for, and a command in the wrong folder makes nothing."""

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.postgres.embedded import Embedded
from cli.postgres.supervisor import SAY_AFTER_S
from tests.cli.commands import COMMAND, environment_of, gigacity
from tests.cli.recovery.conftest import CAMPAIGN
from tests.cli.recovery.product import copy_of, fill, small_disk

SOON_S = 20.0  # on a busy machine, where Python and its modules take most of it; far less than the two minutes of waiting
WRONG_FOLDER_COMMANDS = [
    ["migrate"],
    ["campaign", "apply", str(CAMPAIGN)],
    ["client", "list"],
    ["client", "create", "telecom"],
    ["backup", "new.tar"],
    ["serve", "ingest", "--port", "0"],
]
ONE_AFTER_THE_OTHER = """
import json, sys
from cli.main import app
for arguments in json.loads(sys.argv[1]):
    try:
        app(arguments)
    except SystemExit as end:
        print(end.code)
"""


@contextmanager
def started(arguments: Sequence[str | Path], home: Path, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Run a command during the block, or until it ends."""
    process = subprocess.Popen(
        [COMMAND, *arguments],
        env=environment_of({"GIGACITY_HOME": str(home)}),
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.terminate()


def test_what_is_waited_for_is_said_within_two_seconds() -> None:
    assert SAY_AFTER_S <= 2


def first_line(process: subprocess.Popen[str]) -> tuple[str, float]:
    """Return the first message of a command, and the seconds until it came."""
    assert process.stderr is not None
    begun = time.monotonic()
    return process.stderr.readline().rstrip("\n"), time.monotonic() - begun


def test_a_second_up_says_who_serves_the_folder_and_goes_on_after_it(home: Path, tmp_path: Path) -> None:
    first = Embedded(home).running(exclusive=True)
    first.__enter__()
    with started(["up", "--port", "0"], home, tmp_path) as second:
        said, seconds = first_line(second)
        first.__exit__(None, None, None)
        assert second.stdout is not None
        serving = second.stdout.readline()

    assert said == (
        f"Waiting up to 120 s: another process (number {os.getpid()}) serves {home};"
        " stop it, or choose another folder with GIGACITY_HOME"
    )
    assert seconds < SOON_S
    assert serving.startswith("address")


def test_a_command_says_that_it_waits_for_a_server_that_starts(home: Path, tmp_path: Path) -> None:
    with (home / "postgres.lock").open("wb", buffering=0) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        lock.write(b"77\n")
        with started(["client", "list"], home, tmp_path) as command:
            said, seconds = first_line(command)

    assert said == (
        f"Waiting up to 120 s: another process (number 77) starts or stops the server of {home};"
        f" its log is {home / 'postgres.log'}"
    )
    assert seconds < SOON_S


def test_commands_in_the_wrong_folder_make_nothing_and_say_so(tmp_path: Path) -> None:
    script = [sys.executable, "-c", ONE_AFTER_THE_OTHER, json.dumps(WRONG_FOLDER_COMMANDS)]
    begun = time.monotonic()
    ended = subprocess.run(script, env=environment_of({}), cwd=tmp_path, capture_output=True, text=True, check=False)

    assert ended.stdout.split() == ["1"] * len(WRONG_FOLDER_COMMANDS)
    said = ended.stderr.splitlines()
    assert len(said) == len(WRONG_FOLDER_COMMANDS)
    assert all(line.startswith(f"there is no database in {tmp_path / '.gigacity'}: ") for line in said)
    assert all("Only `gigacity up`, `restore` and `demo` create a database" in line for line in said)
    assert list(tmp_path.iterdir()) == []
    assert time.monotonic() - begun < SOON_S


def _hiding_tmp(kept: Path) -> str:
    """Return a shell command that gives this process another /tmp; a checkout in the first one stays where it is."""
    hide = f"mkdir -p {kept} && mount --bind /tmp {kept} && mount -t tmpfs none /tmp"
    folders = {path.parts[2] for path in (Path(COMMAND), Path(__file__)) if path.parts[1] == "tmp"}
    return " && ".join([hide, *(f"mkdir /tmp/{name} && mount --bind {kept}/{name} /tmp/{name}" for name in sorted(folders))])


def test_a_server_behind_another_tmp_is_named_as_such(home: Path) -> None:
    unshare = shutil.which("unshare")
    script = f'{_hiding_tmp(home.parent / "kept")} && exec "$@"'
    hide = [str(unshare), "--mount", "/bin/sh", "-c", script, "-"]
    allowed = unshare is not None and subprocess.run([*hide, "true"], check=False, capture_output=True).returncode == 0
    if not allowed:
        pytest.skip("NOT CHECKED: another /tmp, because this account may not mount one")
    begun = time.monotonic()
    with Embedded(home).running(exclusive=True) as server:
        refused = subprocess.run(
            [*hide, COMMAND, "client", "list"],
            env=environment_of({"GIGACITY_HOME": str(home)}),
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )

    assert refused.returncode == 1
    assert f"another process (number {os.getpid()}) serves {home}, but its socket {server.sockets}" in refused.stderr
    assert "PrivateTmp" in refused.stderr
    assert time.monotonic() - begun < SOON_S


@pytest.mark.parametrize("with_database", [True, False])
def test_a_full_disk_is_said_at_once(made_home: Path, tmp_path: Path, *, with_database: bool) -> None:
    with small_disk(tmp_path / "disk", 150) as disk:
        if disk is None:
            pytest.skip("NOT CHECKED: a full disk, because this account may not mount one")
        home = copy_of(made_home, disk / "home") if with_database else disk / "home"
        fill(disk)
        begun = time.monotonic()
        refused = gigacity("up", "--port", "0", environment={"GIGACITY_HOME": str(home)}, folder=tmp_path)

    assert refused.returncode == 1
    assert "No space left on device" in refused.stderr or "the disk is full" in refused.stderr
    assert "free some space" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert time.monotonic() - begun < SOON_S


def test_a_database_that_does_not_answer_is_not_waited_for_in_silence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://gigacity:secret@127.0.0.1:{silent.getsockname()[1]}/gigacity"
        begun = time.monotonic()
        refused = gigacity("migrate", environment={"GIGACITY_DATABASE_URL": url}, folder=tmp_path)

    assert refused.returncode == 1
    assert refused.stderr.startswith("the database does not respond: ")
    assert time.monotonic() - begun < SOON_S
