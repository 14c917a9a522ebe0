"""Runs the command `gigacity` in its own process, as a person does."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

COMMAND = Path(sys.executable).with_name("gigacity")
TIMEOUT_S = 60.0

Environment = Mapping[str, str]


def gigacity(*arguments: str | Path, environment: Environment, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, in a folder, with only these settings."""
    return subprocess.run(
        [COMMAND, *arguments],
        env=environment_of(environment),
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )


@contextmanager
def running(*arguments: str, until: str, environment: Environment, folder: Path) -> Iterator[list[str]]:
    """Run a serving command during the block; yield its output up to the line that begins with `until`."""
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [COMMAND, *arguments], env=environment_of(environment), cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True
        )
    assert process.stdout is not None
    with process, process.stdout as output:
        try:
            lines = []
            for line in output:
                lines.append(line.rstrip("\n"))
                if line.startswith(until):
                    break
            assert lines, (folder / "log").read_text(encoding="utf-8")
            assert lines[-1].startswith(until), lines
            yield lines
        finally:
            process.send_signal(signal.SIGTERM)
        status = process.wait(TIMEOUT_S)
        assert status == 0, (status, (folder / "log").read_text(encoding="utf-8")[-4_000:])


def environment_of(environment: Environment) -> dict[str, str]:
    """Return the environment of a process that has only these settings of the product."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIGACITY_")}
    # PYTHONFAULTHANDLER prints a traceback if the interpreter crashes
    defaults = {"GIGACITY_MODE": "demo", "GIGACITY_NOW": "2022-09-06T10:00+08:00", "PYTHONFAULTHANDLER": "1"}
    return inherited | defaults | dict(environment)
