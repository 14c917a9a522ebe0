"""Answers that a browser saves as a file."""

import re
from typing import Any, Final
from urllib.parse import quote

from shared.values.media_types import CSV, XLSX

FILE_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The file.",
        "content": {XLSX: {"schema": {"type": "string", "format": "binary"}}, CSV: {"schema": {"type": "string"}}},
    },
}
"""How the OpenAPI files describe an answer that is either."""

_LONGEST = 100  # characters of a name
_NOT_IN_NAMES = frozenset('\\/:*?"<>|')


def content_disposition(plain: str, name: str) -> dict[str, str]:
    """The header that names the file, after RFC 6266: `plain` for old programs, `name` in any script for the others."""
    ascii_name = re.sub(r"[^A-Za-z0-9._-]", "_", plain)[:_LONGEST]
    shown = "".join(c for c in name if c.isprintable() and c not in _NOT_IN_NAMES)[:_LONGEST]
    return {"Content-Disposition": f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(shown, safe='')}"}
