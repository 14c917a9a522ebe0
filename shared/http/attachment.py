"""Responses that a browser saves as a file."""

import re
from typing import Any
from urllib.parse import quote

from shared.values.media_types import CSV, NDJSON


def file_response(media_type: str) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI description of a response that is a file: text for CSV and NDJSON, bytes for anything else."""
    schema = {"type": "string"} if media_type in (CSV, NDJSON) else {"type": "string", "format": "binary"}
    return {200: {"description": "The file.", "content": {media_type: {"schema": schema}}}}


_MAX_NAME_LENGTH = 100
_NOT_IN_NAMES = frozenset('\\/:*?"<>|')


def content_disposition(ascii_name: str, name: str) -> dict[str, str]:
    """Return the header that names the file (RFC 6266): `name` in any script, `ascii_name` for old programs."""
    fallback = re.sub(r"[^A-Za-z0-9._-]", "_", ascii_name)[:_MAX_NAME_LENGTH]
    full_name = "".join(c for c in name if c.isprintable() and c not in _NOT_IN_NAMES)[:_MAX_NAME_LENGTH]
    return {"Content-Disposition": f"attachment; filename=\"{fallback}\"; filename*=UTF-8''{quote(full_name, safe='')}"}
