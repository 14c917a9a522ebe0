"""Runs the commands and programs of a document, and compares the outputs that it shows with the real ones."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SEPARATOR = "=== shown so far"


@dataclass(frozen=True)
class Example:
    """A piece of code, and the output that the page shows."""

    language: str
    code: str
    output: str

    def missing_from(self, actual: str) -> list[str]:
        """Return the shown pieces, separated by `…`, that the output lacks in this order."""
        position, missing = 0, []
        for piece in filter(None, (part.strip() for part in re.split(r"…|\n", self.output))):
            index = actual.find(piece, position)
            if index < 0:
                missing.append(piece)
            else:
                position = index + len(piece)
        return missing


def examples_of(page: Path) -> list[Example]:
    """Return every piece of code with the output block after it, if there is one."""
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    outputs = [text if language in ("text", "json") else "" for language, text in blocks[1:]] + [""]
    return [
        Example(language, code, output)
        for (language, code), output in zip(blocks, outputs, strict=True)
        if language in ("sh", "python", "typescript")
    ]


def run_code(command: list[str], code: str, environment: dict[str, str], folder: Path) -> str:
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIGACITY_")}
    done = subprocess.run(
        [*command, code],
        env={**inherited, **environment, "PATH": path, "LANG": "C.UTF-8"},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def assert_outputs(examples: list[Example], output: str) -> None:
    """Compare the output of all examples, separated by SEPARATOR, with what the page shows."""
    outputs = output.split(f"{SEPARATOR}\n")[: len(examples)]
    assert len(outputs) == len(examples)
    differences = {
        example.code: (missing, actual)
        for example, actual in zip(examples, outputs, strict=True)
        if (missing := example.missing_from(actual))
    }
    assert not differences, differences
