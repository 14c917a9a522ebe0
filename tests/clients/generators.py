"""Runs the client generators and linters that `make clients` installs."""

import os
import subprocess
from pathlib import Path
from typing import Final

import pytest

PROJECT: Final = Path(__file__).parents[2]
CLIENTS: Final = PROJECT / "clients"
GIGACITY: Final = PROJECT / "openapi" / "gigacity.json"
NODE: Final = CLIENTS / "node_modules" / ".bin"
PYTHON: Final = CLIENTS / ".venv" / "bin"
TIMEOUT_S: Final = 300.0


def installed(tool: Path) -> Path:
    """Return a tool. Without it the test is skipped, but in CI it fails."""
    if not tool.exists():
        absent = pytest.fail if os.environ.get("CI") else pytest.skip
        absent(f"{tool} is missing: `make clients` installs the generators (Node.js 20, Java 17 and httpmime are needed)")
    return tool


def run(tool: Path, *arguments: str | Path, folder: Path) -> str:
    """Run a tool to its successful end and return what it printed."""
    done = subprocess.run(
        [installed(tool), *arguments],
        env={**os.environ, "PATH": f"{PYTHON}{os.pathsep}{os.environ['PATH']}", "PYTHONWARNINGS": "", "NO_COLOR": "1"},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8_000:]
    return done.stdout
