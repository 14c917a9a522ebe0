"""The committed OpenAPI file of all services. One test compares it with the code; the others read it, which is quicker."""

import json
from functools import cache
from typing import Any

from openapi.write import FOLDER


@cache
def openapi_document() -> dict[str, Any]:
    """Return the document. Do not change it."""
    document: dict[str, Any] = json.loads((FOLDER / "gigacity.json").read_text(encoding="utf-8"))
    return document
