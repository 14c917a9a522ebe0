"""Every field of a JSON request body takes the JSON type of its schema and no other, and says so when a text is too long."""

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

import pytest
from fastapi import params
from fastapi.routing import APIRoute

from shared.clock import Clock
from shared.database.database import Database
from shared.http.validation import validation_problem
from shared.settings import SERVICES, Settings
from tests.openapi_document import openapi_document

WHOLE = openapi_document()
VALUES = {
    "string": "x",
    "integer": 1,
    "number": 0.5,
    "boolean": True,
    "array": [],
    "object": {},
}
"""A value of each JSON type. Whole numbers are numbers too, and such a number is neither a flag nor a text."""
OTHERS = [*VALUES.values(), "1", "true", "on", 0, 1.5]
FORMATS = {"date": "2022-08-31", "date-time": "2022-08-31T12:00:00+08:00", "uuid": "01831086-9900-7000-8000-000000000001"}


class Place(NamedTuple):
    """A field within a body."""

    schema: dict[str, Any]
    path: tuple[str | int, ...]

    @property
    def pointer(self) -> str:
        """The JSON pointer."""
        return "".join(f"/{part}" for part in self.path)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema that a reference names."""
    if "$ref" in schema:
        return resolved(WHOLE["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    options = [option for option in schema.get("anyOf", ()) if option.get("type") != "null"]
    return resolved(options[0]) if options else schema


def types(schema: dict[str, Any]) -> set[str]:
    """Return the JSON types that a schema takes."""
    named = schema.get("type", [])
    kinds = set(named if isinstance(named, list) else [named]) | {t for each in schema.get("anyOf", ()) for t in types(each)}
    return kinds | types(resolved(schema)) if "$ref" in schema else kinds


def fields(schema: dict[str, Any], path: tuple[str | int, ...] = ()) -> Iterator[Place]:
    """Yield every field within a schema."""
    if path:
        yield Place(schema, path)
    plain = resolved(schema)
    for name, member in plain.get("properties", {}).items():
        yield from fields(member, (*path, name))
    if isinstance(plain.get("items"), dict):
        yield from fields(plain["items"], (*path, 0))


def sample(schema: dict[str, Any]) -> Any:
    """Return a value that a schema takes, with the required fields only."""
    plain = resolved(schema)
    kinds = types(plain)
    if "enum" in plain or "const" in plain:
        return (plain.get("enum") or [plain["const"]])[0]
    if "object" in kinds:
        return {name: sample(plain["properties"][name]) for name in plain.get("required", ())}
    if "array" in kinds:
        return [sample(plain["items"]) for _ in range(plain.get("minItems", 0))]
    if "string" in kinds:
        text = FORMATS.get(plain.get("format", "")) or next(iter(plain.get("examples", ())), "x")
        return text.ljust(plain.get("minLength", 0), "x")
    return plain.get("minimum", VALUES[min(kinds)])


def with_value(schema: dict[str, Any], path: tuple[str | int, ...], value: Any) -> Any:
    """Return a value of a schema that has another value at a path."""
    if not path:
        return value
    step, *rest = path
    plain = resolved(schema)
    if step == 0:
        return [with_value(plain["items"], tuple(rest), value)]
    return {**sample(schema), step: with_value(plain["properties"][step], tuple(rest), value)}


@cache
def json_routes() -> dict[str, APIRoute]:
    """Return the routes that read a JSON body, by operation."""
    found = {}
    for service in SERVICES:
        database = Database("postgresql://nobody@127.0.0.1:1/nothing", application_name="types")
        app = import_module(f"services.{service}.app").create(Settings(mode="test"), database, Clock())
        for route in app.routes:
            field = isinstance(route, APIRoute) and route.body_field
            if isinstance(route, APIRoute) and field and not isinstance(field.field_info, params.Form | params.File):
                found[str(route.operation_id or route.name)] = route
    return found


def bodies() -> Iterator[Any]:
    """Yield every JSON body that an endpoint takes as a model, each schema once."""
    seen = set()
    for methods in WHOLE["paths"].values():
        for operation in methods.values():
            content = operation.get("requestBody", {}).get("content", {})
            name = operation["operationId"]
            if "application/json" in content and name in json_routes():
                schema = content["application/json"]["schema"]
                if schema["$ref"] not in seen:
                    seen.add(schema["$ref"])
                    yield pytest.param(name, schema, id=schema["$ref"].rpartition("/")[2])


def errors_of(operation: str, body: Any) -> dict[str, str]:
    """Return the codes of the errors of a body by their JSON pointers."""
    route = json_routes()[operation]
    assert route.body_field
    _, errors = route.body_field.validate(body, {}, loc=("body",))
    return {error.where: error.code for error in validation_problem(errors, route).errors or ()} if errors else {}


def fits(value: Any, kinds: set[str]) -> bool:
    """Return whether a value has one of the JSON types."""
    is_number = not isinstance(value, bool) and isinstance(value, int | float)
    return any(
        (is_number and (isinstance(value, int) or kind == "number"))
        if kind in ("integer", "number")
        else type(value) is type(VALUES[kind])
        for kind in kinds - {"null"}
    )


@pytest.mark.parametrize(("operation", "schema"), list(bodies()))
def test_a_field_refuses_values_of_other_json_types(operation: str, schema: dict[str, Any]) -> None:
    accepted = [
        (place.pointer, value)
        for place in fields(schema)
        for value in OTHERS
        if types(place.schema) and not fits(value, types(place.schema))
        if place.pointer not in errors_of(operation, with_value(schema, place.path, value))
    ]

    assert accepted == []


@pytest.mark.parametrize(("operation", "schema"), list(bodies()))
def test_a_text_that_is_too_long_is_called_that(operation: str, schema: dict[str, Any]) -> None:
    texts = [place for place in fields(schema) if "maxLength" in resolved(place.schema)]
    limits = {place.pointer: resolved(place.schema)["maxLength"] for place in texts}
    longest = [errors_of(operation, with_value(schema, place.path, "x" * limits[place.pointer])) for place in texts]
    longer = [errors_of(operation, with_value(schema, place.path, "x" * (limits[place.pointer] + 1))) for place in texts]

    assert [errors[place.pointer] for place, errors in zip(texts, longer, strict=True)] == ["text_too_long"] * len(texts)
    assert "text_too_long" not in [errors.get(place.pointer) for place, errors in zip(texts, longest, strict=True)]


def test_bodies_of_every_service_are_among_them() -> None:
    names = [case.values[0] for case in bodies()]

    assert {"move_case", "what_if", "move_submission", "create_report"} & set(names)
    assert len(names) >= 20
