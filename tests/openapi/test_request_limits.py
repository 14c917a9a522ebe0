"""Every text, list and object that a request may hold has a maximum."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from services.ingest.formats.media import Media
from tests.openapi_document import openapi_document

WHOLE = openapi_document()
SCHEMAS = WHOLE["components"]["schemas"]
FIXED = {"date", "date-time", "uuid"}  # formats that are parsed, and end where they end
PUSHED = {*Media, "application/octet-stream"}  # bodies that are streams of rows: the settings limit their bytes and rows
FORM = "application/x-www-form-urlencoded"  # limited as a whole
LONGEST_PATTERN = 1_000  # characters that a pattern with a maximum matches
_SRE: Any = importlib.import_module("re._parser")


def is_short(schema: dict[str, Any]) -> bool:
    """Return whether a text has a maximum: its own, that of its pattern, or that of the values it may have."""
    pattern = schema.get("pattern", "")
    is_whole = pattern.startswith("^") and pattern.endswith("$")
    within_pattern = is_whole and _SRE.parse(pattern).getwidth()[1] < LONGEST_PATTERN
    return within_pattern or bool(schema.keys() & {"enum", "const", "maxLength"}) or schema.get("format") in FIXED


def unbounded(schema: dict[str, Any], where: str, seen: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield the places in a schema where a value may be as large as one likes."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in seen:
            yield from unbounded(SCHEMAS[name], f"{where} {name}", (*seen, name))
        return
    for option in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from unbounded(option, where, seen)
    types = schema["type"] if isinstance(schema.get("type"), list) else [schema.get("type")]
    is_file = schema.get("format") == "binary"  # read as a stream, up to a setting
    if "string" in types and not is_file and not is_short(schema):
        yield f"{where}: a text"
    if "array" in types:
        if "maxItems" not in schema:
            yield f"{where}: a list"
        yield from unbounded(schema["items"], f"{where}[]", seen)
    if "object" in types:
        if schema.get("additionalProperties") is not False and "maxProperties" not in schema:
            yield f"{where}: an object"
        for name, member in schema.get("properties", {}).items():
            yield from unbounded(member, f"{where}.{name}", seen)


def requested() -> Iterator[Any]:
    """Yield every schema of a request: its parameters, and its body unless that is a stream."""
    for path, methods in WHOLE["paths"].items():
        for method, operation in methods.items():
            name = operation["operationId"]
            for parameter in operation.get("parameters", ()):
                yield pytest.param(parameter["schema"], id=f"{name} {parameter['in']}.{parameter['name']}")
            for media, content in operation.get("requestBody", {}).get("content", {}).items():
                is_stream = len(operation["requestBody"]["content"]) > 1 and media in PUSHED
                if media != FORM and not is_stream:
                    yield pytest.param(content["schema"], id=f"{name} {method} {path} {media}")


@pytest.mark.parametrize("schema", list(requested()))
def test_whatever_a_request_holds_has_a_maximum(schema: dict[str, Any]) -> None:
    assert list(unbounded(schema, "")) == []


@pytest.mark.parametrize(
    ("schema", "places"),
    [
        ({"type": "string"}, [": a text"]),
        ({"type": "string", "pattern": "^[a-z]+$"}, [": a text"]),
        ({"type": "string", "pattern": "[a-z]{2}"}, [": a text"]),
        ({"type": ["array", "null"], "items": {"type": "integer"}}, [": a list"]),
        ({"type": "array", "maxItems": 2, "items": {"type": "string"}}, ["[]: a text"]),
        ({"type": "object", "properties": {"a": {"type": "string"}}}, [": an object", ".a: a text"]),
        ({"anyOf": [{"type": "null"}, {"type": "object", "additionalProperties": True}]}, [": an object"]),
        ({"type": "string", "pattern": "^[a-z]{2}$"}, []),
    ],
)
def test_what_has_none_is_noticed(schema: dict[str, Any], places: list[str]) -> None:
    assert list(unbounded(schema, "")) == places
