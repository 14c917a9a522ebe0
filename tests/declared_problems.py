"""Checks a problem against the OpenAPI files: its code is declared by the operation, and its members are those of its schema."""

import json
import re
from functools import cache
from http import HTTPStatus
from typing import Any, Final

from httpx import Response

from openapi.problem_responses import DOCUMENTS
from shared.problems import CODES, MEDIA_TYPE
from tests.openapi_document import openapi_document

_METHODS: Final = ("get", "patch", "post", "put")
SEEN: Final[set[str]] = set()
"""Codes that were checked in this process."""


@cache
def _operations() -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    """Return method, path and responses of all operations; the paths with fewer parameters first."""
    paths = sorted(openapi_document()["paths"].items(), key=lambda path: path[0].count("{"))
    return [
        (method.upper(), re.compile(re.sub(r"\\\{[a-z_]+\\\}", "[^/]+", re.escape(path))), operation["responses"])
        for path, methods in paths
        for method, operation in methods.items()
        if method in _METHODS
    ]


def check_problem(method: str, path: str, status: int, document: dict[str, Any]) -> None:
    """Raise AssertionError unless the operation at this path declares the problem; a path without an operation is not checked."""
    operations = [responses for its, pattern, responses in _operations() if its == method and pattern.fullmatch(path)]
    if not operations or status == HTTPStatus.METHOD_NOT_ALLOWED:  # 405 is of the path, not of an operation
        return
    responses, code = operations[0], document["code"]
    declared = responses.get(str(status), {}).get(CODES, []) + responses["default"][CODES]
    assert code in declared, f"{method} {path}: {status} {code} is not declared"
    schema = DOCUMENTS[code]
    assert set(document) == set(schema.model_fields), f"{method} {path}: {code} has other members than its schema"
    schema.model_validate(document)
    SEEN.add(code)


async def check_response(response: Response) -> None:
    """Check the response of a client, if it is a problem."""
    if response.headers.get("content-type") == MEDIA_TYPE and response.request.method != "HEAD":
        document = json.loads(await response.aread())
        check_problem(response.request.method, response.request.url.path, response.status_code, document)
