"""Published schemas: what pydantic writes, brought into the one form that client generators read without loss."""

from collections.abc import Callable, Iterator
from typing import Any

from shared import vocabulary

Json = dict[str, Any]

_MAPS = ("properties", "patternProperties", "$defs")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLES = ("items", "additionalProperties", "not")
REFERENCE = "#/components/schemas/"


def name_of(schema: Json) -> str | None:
    """The component a schema refers to, if that is all it does."""
    reference = schema.get("$ref")
    return reference.removeprefix(REFERENCE) if isinstance(reference, str) else None


def inner(schema: Json) -> Iterator[Json]:
    """The schemas directly inside a schema."""
    for key in _MAPS:
        yield from schema.get(key, {}).values()
    for key in _LISTS:
        yield from schema.get(key, [])
    yield from (schema[key] for key in _SINGLES if isinstance(schema.get(key), dict))


def everywhere(schema: Json, change: Callable[[Json], None]) -> None:
    """Apply a change to a schema and to all within it, innermost first."""
    for part in inner(schema):
        everywhere(part, change)
    change(schema)


def names_within(schema: Json, components: dict[str, Json]) -> set[str]:
    """Every component that a schema needs, through any number of references."""
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        waiting.extend(inner(part))
        name = name_of(part)
        if name and name not in found:
            found.add(name)
            waiting.append(components[name])
    return found


def tidy(schema: Json) -> None:
    """Drop pydantic's generated titles, say that integers are long, and write nullable types as one list of types."""
    schema.pop("title", None) if isinstance(schema.get("title"), str) else None
    if schema.get("type") == "integer":
        schema.setdefault("format", "int64")
    branches = schema.get("anyOf", [])
    if {"type": "null"} in branches:
        others = [branch for branch in branches if branch != {"type": "null"}]
        if len(others) == 1 and isinstance(others[0].get("type"), str) and "enum" not in others[0] and "const" not in others[0]:
            del schema["anyOf"]
            schema.update(others[0] | {"type": [others[0]["type"], "null"]})
        else:
            schema["oneOf"] = [*others, {"type": "null"}]  # `anyOf … null` loses the null, or the type, in several generators
            del schema["anyOf"]


def without_null(schema: Json) -> Json:
    """A parameter's schema: a parameter is left out, never null."""
    branches: list[Json] = [branch for branch in schema.get("anyOf", []) if branch != {"type": "null"}]
    if len(branches) != 1 or "anyOf" not in schema:
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**rest, **branches[0]}


def require_all(schema: Json) -> None:
    """An answer's fields are always present."""
    if schema.get("type") == "object" and schema.get("properties"):
        schema["required"] = sorted(schema["properties"])


def describe_terms(components: dict[str, Json]) -> None:
    """Give each enumeration its words in Chinese and English."""
    for term in vocabulary.Term.__subclasses__():
        schema = components.get(term.__name__)
        if schema and "enum" in schema:
            lines = [f"- `{member.value}`: {member.title_.zh} / {member.title_.en}" for member in term]
            schema["description"] = "\n".join([f"{(term.__doc__ or '').strip()} May grow.", "", *lines])
            schema["x-enum-descriptions"] = [f"{member.title_.zh} / {member.title_.en}" for member in term]
