"""Writes the OpenAPI files: `python -m openapi.write`; `--check` only says what is wrong with them.

The committed files are a promise to clients. Writing refuses to break it, unless the major version of the API
(`shared.app.VERSION`) was raised first.
"""

import json
import sys
from pathlib import Path
from typing import Any

from openapi.compatible import breaks
from openapi.documents import all_documents

FOLDER = Path(__file__).parent


def text(document: dict[str, Any]) -> str:
    """A document as it stands in its file."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def promised(folder: Path) -> dict[str, Any] | None:
    """The document that clients were generated from; None before the first one."""
    file = folder / "gigacity.json"
    document: dict[str, Any] | None = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
    return document


def broken(old: dict[str, Any] | None, new: dict[str, Any]) -> list[str]:
    """The breaks between two documents, unless a new major version announces them."""
    if old is None or _major(old) != _major(new):
        return []
    return breaks(old, new)


def drifted(documents: dict[str, dict[str, Any]], folder: Path) -> list[str]:
    """The files that do not say what the code says."""
    files = {name: folder / f"{name}.json" for name in documents}
    return [
        f"openapi/{name}.json is not what the code says: run `python -m openapi.write`"
        for name, file in files.items()
        if not file.exists() or file.read_text(encoding="utf-8") != text(documents[name])
    ]


def main(arguments: list[str], folder: Path = FOLDER) -> int:
    """Write or check the files; returns the exit status."""
    documents = all_documents()
    faults = [f"breaks clients: {line}" for line in broken(promised(folder), documents["gigacity"])]
    if "--check" in arguments:
        faults += drifted(documents, folder)
    if faults:
        sys.stderr.write("\n".join(faults) + "\n")
        return 1
    if "--check" not in arguments:
        for name, document in documents.items():
            (folder / f"{name}.json").write_text(text(document), encoding="utf-8")
    return 0


def _major(document: dict[str, Any]) -> str:
    return str(document["info"]["version"]).split(".", maxsplit=1)[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
