"""Responses that a browser saves as a file."""

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
"""The OpenAPI description of a response that is CSV or XLSX."""

_MAX_NAME_LENGTH = 100
_NOT_IN_NAMES = frozenset('\\/:*?"<>|')


def content_disposition(ascii_name: str, name: str) -> dict[str, str]:
    """Return the header that names the file (RFC 6266): `name` in any script, `ascii_name` for old programs."""
    fallback = re.sub(r"[^A-Za-z0-9._-]", "_", ascii_name)[:_MAX_NAME_LENGTH]
    full_name = "".join(c for c in name if c.isprintable() and c not in _NOT_IN_NAMES)[:_MAX_NAME_LENGTH]
    return {"Content-Disposition": f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(full_name, safe='')}"}
