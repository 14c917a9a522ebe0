"""Records responses of tests as the examples of the OpenAPI files, if the variable GIGACITY_RECORD_EXAMPLES is set."""

import json
import os
import re
from functools import cache
from typing import Final

from httpx import Response

from openapi.documents import all_documents
from openapi.recorded import FILE, recorded, shortened
from openapi.schemas import JsonObject
from shared.problems import MEDIA_TYPE

ENABLED: Final = os.environ.get("GIGACITY_RECORD_EXAMPLES")
_TEXT: Final = ("application/json", "text/csv", "application/x-ndjson")


def record(response: Response) -> None:
    """Record a response: a problem under its code, any other text under its operation. The first one counts."""
    media, status = response.headers.get("content-type", "").partition(";")[0], str(response.status_code)
    examples = recorded()
    if media == MEDIA_TYPE:
        document = response.json()
        examples["problems"].setdefault(document["code"], shortened(document))
    elif media in _TEXT and response.is_success:
        operation = _operation_at(response.request.method, response.request.url.path)
        if operation:
            value = response.json() if media == "application/json" else response.text
            examples["answers"].setdefault(operation, {}).setdefault(status, {}).setdefault(media, shortened(value))
    FILE.write_text(json.dumps(examples, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")


@cache
def _paths() -> list[tuple[str, JsonObject]]:
    return sorted(all_documents()["gigacity"]["paths"].items(), key=lambda path: path[0].count("{"))


def _operation_at(method: str, path: str) -> str | None:
    for template, methods in _paths():
        if method.lower() in methods and re.fullmatch(re.sub(r"\{[a-z_]+\}", "[^/]+", template), path):
            return str(methods[method.lower()]["operationId"])
    return None
