"""Pages whose commands and programs are run as they stand, and whose answers are compared with the real ones."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
MARK = "=== shown so far"


@dataclass(frozen=True)
class Shown:
    """A piece of code, and what the page says it prints."""

    language: str
    code: str
    answer: str

    def missing_from(self, output: str) -> list[str]:
        """The pieces between the `…` that do not come in their order."""
        place, missing = 0, []
        for piece in filter(None, (part.strip() for part in re.split(r"…|\n", self.answer))):
            found = output.find(piece, place)
            if found < 0:
                missing.append(piece)
            else:
                place = found + len(piece)
        return missing


def shown(page: Path) -> list[Shown]:
    """Every piece of code with the block after it, if that is an answer."""
    blocks = BLOCK.findall(page.read_text(encoding="utf-8"))
    answers = [text if language in ("text", "json") else "" for language, text in blocks[1:]] + [""]
    return [
        Shown(language, code, answer)
        for (language, code), answer in zip(blocks, answers, strict=True)
        if language in ("sh", "python")
    ]


def run(command: list[str], code: str, environment: dict[str, str], folder: Path) -> str:
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


def compared(pieces: list[Shown], output: str) -> None:
    answers = output.split(f"{MARK}\n")[: len(pieces)]
    assert len(answers) == len(pieces)
    wrong = {
        piece.code: (missing, answer)
        for piece, answer in zip(pieces, answers, strict=True)
        if (missing := piece.missing_from(answer))
    }
    assert not wrong, wrong
