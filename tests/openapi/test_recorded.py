"""The recorded examples of responses have the shapes that the OpenAPI files promise."""

from collections.abc import Iterator
from typing import Any, Final

import jsonschema_rs

from tests.openapi_document import openapi_document

Json = dict[str, Any]
WHOLE: Final[Json] = openapi_document()


def examples() -> Iterator[tuple[str, Json, Any]]:
    """Yield each example of a response with its place and its schema."""
    for methods in WHOLE["paths"].values():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                for media, body in response.get("content", {}).items():
                    place = f"{operation['operationId']} {status} {media}"
                    if "example" in body:
                        yield place, body["schema"], body["example"]
                    for code in body.get("examples", {}):
                        yield f"{place} {code}", body["schema"], WHOLE["components"]["examples"][code]["value"]


def test_every_example_has_the_promised_shape() -> None:
    faults = [
        f"{place}: {error.message}"
        for place, schema, example in examples()
        for error in jsonschema_rs.Draft202012Validator({**schema, "components": WHOLE["components"]}).iter_errors(example)
    ]

    assert faults == []
