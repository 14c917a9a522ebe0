"""Published schemas: pydantic's schemas in the one form that client generators read without loss."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from openapi.properties import DESCRIPTIONS

JsonObject = dict[str, Any]

_MAPS = ("properties", "patternProperties", "$defs")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLES = ("items", "additionalProperties", "not")
REFERENCE = "#/components/schemas/"


def name_of(schema: JsonObject) -> str | None:
    """Return the name of the component that a schema refers to, None for any other schema."""
    reference = schema.get("$ref")
    return reference.removeprefix(REFERENCE) if isinstance(reference, str) else None


def subschemas(schema: JsonObject) -> Iterator[JsonObject]:
    """Yield the schemas directly inside a schema."""
    for key in _MAPS:
        yield from schema.get(key, {}).values()
    for key in _LISTS:
        yield from schema.get(key, [])
    yield from (schema[key] for key in _SINGLES if isinstance(schema.get(key), dict))


def apply_everywhere(schema: JsonObject, change: Callable[[JsonObject], None]) -> None:
    """Apply a change to a schema and to all within it, innermost first."""
    for part in subschemas(schema):
        apply_everywhere(part, change)
    change(schema)


def referenced_names(schema: JsonObject, components: dict[str, JsonObject]) -> set[str]:
    """Return the names of all components that a schema needs, through any number of references."""
    names: set[str] = set()
    pending = [schema]
    while pending:
        part = pending.pop()
        pending.extend(subschemas(part))
        name = name_of(part)
        if name and name not in names:
            names.add(name)
            pending.append(components[name])
    return names


def is_page(schema: JsonObject) -> bool:
    """Return true for a page of a list: it stands where it is returned, while its items have a name."""
    return {"items", "next", "total"} <= set(schema.get("properties", ()))


def write_in_place(schema: JsonObject, forms: dict[str, JsonObject]) -> None:
    """Put one of these forms in the place of a reference to it; what the reference itself says wins."""
    form = forms.get(name_of(schema) or "")
    if form is not None:
        del schema["$ref"]
        schema.update(deepcopy(form) | schema)


def tidy(schema: JsonObject) -> None:
    """Drop generated titles, mark integers as 64-bit, and write nullable types as one list of types."""
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


def without_null(schema: JsonObject) -> JsonObject:
    """Return a parameter's schema without null: a parameter is omitted, never null."""
    branches: list[JsonObject] = [branch for branch in schema.get("anyOf", []) if branch != {"type": "null"}]
    if len(branches) != 1 or "anyOf" not in schema:
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf"}
    return {**rest, **branches[0]}


def name_titled(schema: JsonObject, components: dict[str, JsonObject]) -> JsonObject:
    """Return a written schema with each object that has a title as a component of that name.

    Raises ValueError if two schemas have one title.
    """
    for key in _SINGLES:
        if isinstance(schema.get(key), dict):
            schema = {**schema, key: name_titled(schema[key], components)}
    if "properties" in schema:
        members = {name: name_titled(member, components) for name, member in schema["properties"].items()}
        schema = {**schema, "properties": members}
    name = schema.get("title")
    if name is None or schema.get("type") != "object":
        return schema
    if components.setdefault(name, schema) != schema:
        message = f"two schemas have the title {name}"
        raise ValueError(message)
    return {"$ref": REFERENCE + name}


def require_all(schema: JsonObject) -> None:
    """Mark all fields as required, since a response always has all of its fields."""
    if schema.get("type") == "object" and schema.get("properties"):
        schema["required"] = sorted(schema["properties"])


def describe_properties(schema: JsonObject) -> None:
    """Describe the properties that do not describe themselves."""
    for name, described in schema.get("properties", {}).items():
        if "description" not in described and name in DESCRIPTIONS:
            described["description"] = DESCRIPTIONS[name]
