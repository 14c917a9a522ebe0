"""Writes the OpenAPI files and docs/columns.md: `python -m openapi.write`; `--check` only reports what is wrong with them.

The committed files are a promise to clients, unless their version is a pre-release such as 2.0.0-beta. Writing refuses to break
it, unless the major version of the API (`shared.app.VERSION`) was raised first.
"""

import json
import sys
from pathlib import Path
from typing import Any

from openapi.columns import columns_page
from openapi.compatible import breaks
from openapi.documents import all_documents

FOLDER = Path(__file__).parent


def json_text(document: dict[str, Any]) -> str:
    """Return a document as its file holds it."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def committed_document(folder: Path) -> dict[str, Any] | None:
    """Return the committed document, None before the first one."""
    file = folder / "gigacity.json"
    document: dict[str, Any] | None = json.loads(file.read_text(encoding="utf-8")) if file.exists() else None
    return document


def breaks_without_new_version(old: dict[str, Any] | None, new: dict[str, Any]) -> list[str]:
    """Return the breaks between two documents; none if the old one is a pre-release or the major version changed."""
    if old is None or "-" in _version(old) or _major(old) != _major(new):
        return []
    return breaks(old, new)


def generated_files(documents: dict[str, dict[str, Any]], folder: Path) -> dict[Path, str]:
    """Return every generated file with its text: the OpenAPI files, and the page of columns beside their folder."""
    files = {folder / f"{name}.json": json_text(document) for name, document in documents.items()}
    return files | {folder.parent / "docs" / "columns.md": columns_page(documents["gigacity"])}


def outdated_files(documents: dict[str, dict[str, Any]], folder: Path) -> list[str]:
    """Return a line for each file that differs from the code."""
    return [
        f"{'docs' if file.suffix == '.md' else 'openapi'}/{file.name} differs from the code: run `python -m openapi.write`"
        for file, text in generated_files(documents, folder).items()
        if not file.exists() or file.read_text(encoding="utf-8") != text
    ]


def main(arguments: list[str], folder: Path = FOLDER) -> int:
    """Write or check the files and return the exit status."""
    documents = all_documents()
    errors = [f"breaks clients: {line}" for line in breaks_without_new_version(committed_document(folder), documents["gigacity"])]
    if "--check" in arguments:
        errors += outdated_files(documents, folder)
    if errors:
        sys.stderr.write("\n".join(errors) + "\n")
        return 1
    if "--check" not in arguments:
        for file, text in generated_files(documents, folder).items():
            file.parent.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
    return 0


def _version(document: dict[str, Any]) -> str:
    return str(document["info"]["version"])


def _major(document: dict[str, Any]) -> str:
    return _version(document).split(".", maxsplit=1)[0]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
