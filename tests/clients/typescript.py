"""A folder for TypeScript that finds the packages of `make clients`, and its compiler."""

import shutil
from pathlib import Path

from tests.clients.generators import CLIENTS, NODE, installed, run


def prepare(folder: Path) -> Path:
    """Give a folder the compiler's settings and the packages."""
    shutil.copy(CLIENTS / "tsconfig.json", folder)
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "node_modules").symlink_to(installed(NODE).parent)
    return folder


def compile_strictly(folder: Path) -> None:
    """Compile every TypeScript file of a folder to JavaScript beside it."""
    run(NODE / "tsc", "--project", folder, folder=folder)
