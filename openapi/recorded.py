"""Examples of responses, as tests recorded them in `examples.json`.

With GIGACITY_RECORD_EXAMPLES=1 every test adds those that the file lacks: run tests/openapi first, as its answers are plain.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

from openapi.schemas import JsonObject
from shared.problems import CODES, MEDIA_TYPE

FILE: Final = Path(__file__).with_name("examples.json")
REFERENCE: Final = "#/components/examples/"
_ITEMS_MAX: Final = 2
_TABLE_LINES_MAX: Final = 3


@cache
def recorded() -> dict[str, JsonObject]:
    """Return the recorded examples: `answers` by operation, status and media type, `problems` by code."""
    examples: dict[str, JsonObject] = json.loads(FILE.read_text(encoding="utf-8"))
    return examples


def add_examples(operation: JsonObject) -> None:
    """Give each response of an operation its example, and each response with problems one for each of their codes."""
    answers = recorded()["answers"].get(operation["operationId"], {})
    for status, response in operation["responses"].items():
        for media, body in response.get("content", {}).items():
            if media == MEDIA_TYPE:
                known = [code for code in response.get(CODES, []) if code in recorded()["problems"]]
                body["examples"] = {code: {"$ref": f"{REFERENCE}{code}"} for code in known}
            elif media in answers.get(status, {}):
                body["example"] = answers[status][media]


def problem_examples(operations: list[JsonObject]) -> JsonObject:
    """Return the examples of all problems of these operations, by code."""
    codes = {code for operation in operations for response in operation["responses"].values() for code in response.get(CODES, [])}
    problems = recorded()["problems"]
    return {code: {"value": problems[code], "summary": problems[code]["title"]} for code in sorted(codes & problems.keys())}


def shortened(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return an example with at most two items in each list, and at most three lines of a table."""
    if isinstance(value, dict):
        return {key: shortened(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shortened(inner) for inner in value[:_ITEMS_MAX]]
    return "".join(value.splitlines(keepends=True)[:_TABLE_LINES_MAX]) if isinstance(value, str) else value
