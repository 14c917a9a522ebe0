"""Examples of responses, as `make examples` records them in `examples.json` from requests to the demo."""

import json
from functools import cache
from pathlib import Path
from typing import Final

from openapi.schemas import JsonObject
from shared.problems import CODES, MEDIA_TYPE

FILE: Final = Path(__file__).with_name("examples.json")
_REFERENCE: Final = "#/components/examples/"


@cache
def recorded() -> dict[str, JsonObject]:
    """Return the recorded examples.

    `answers` are by operation, status and media type, `problems` by code, and `ids`, of resources of the demo, by the path of
    their list. An answer that is a problem is there only if the problem has other members than the one in `problems`; by code.
    """
    examples: dict[str, JsonObject] = json.loads(FILE.read_text(encoding="utf-8"))
    return examples


def add_examples(path: str, operation: JsonObject) -> None:
    """Give each response of an operation its example, each problem of a response one, and a generated id in the path one."""
    answers = recorded()["answers"].get(operation["operationId"], {})
    for status, response in operation["responses"].items():
        own = answers.get(status, {})
        for media, body in response.get("content", {}).items():
            if media == MEDIA_TYPE:
                codes = [code for code in response.get(CODES, []) if code in recorded()["problems"]]
                body["examples"] = {code: _problem_example(code, own.get(MEDIA_TYPE, {})) for code in codes}
            elif media in own:
                body["example"] = own[media]
    for parameter in operation.get("parameters", []):
        if parameter["in"] == "path" and (listed := collection(path, parameter["name"])) in recorded()["ids"]:
            parameter["example"] = recorded()["ids"][listed]


def collection(path: str, parameter: str = "id") -> str:
    """Return the path of the list that an id in a path is from."""
    return path.partition(f"/{{{parameter}}}")[0]


def _problem_example(code: str, own: JsonObject) -> JsonObject:
    return _example(own[code]) if code in own else {"$ref": f"{_REFERENCE}{code}"}


def problem_examples(operations: list[JsonObject]) -> JsonObject:
    """Return the examples of all problems of these operations, by code."""
    codes = {code for operation in operations for response in operation["responses"].values() for code in response.get(CODES, [])}
    problems = recorded()["problems"]
    return {code: _example(problems[code]) for code in sorted(codes & problems.keys())}


def _example(problem: JsonObject) -> JsonObject:
    return {"value": problem, "summary": problem["title"]}
