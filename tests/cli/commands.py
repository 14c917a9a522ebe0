"""Runs the command `gigacity` as a person does: in processes of its own."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

COMMAND = Path(sys.executable).with_name("gigacity")
PATIENCE_S = 60.0

Environment = Mapping[str, str]


def gigacity(*arguments: str | Path, environment: Environment, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, in a folder, with these settings and no others."""
    return subprocess.run(
        [COMMAND, *arguments], env=_with(environment), cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


@contextmanager
def running(*arguments: str, until: str, environment: Environment, folder: Path) -> Iterator[list[str]]:
    """A command that serves, and the lines it printed up to the one that begins with `until`; it is asked to stop at the end."""
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [COMMAND, *arguments], env=_with(environment), cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True
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
        status = process.wait(PATIENCE_S)
        assert status == 0, (status, (folder / "log").read_text(encoding="utf-8")[-4_000:])


def _with(environment: Environment) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIGACITY_")}
    ours = {"GIGACITY_MODE": "demo", "GIGACITY_NOW": "2022-09-06T10:00+08:00", "PYTHONFAULTHANDLER": "1"}  # a crash tells where
    return inherited | ours | dict(environment)
