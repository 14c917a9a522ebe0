"""Turns the framework's validation errors into problems in both languages, without repeating the whole input."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, get_args, get_origin

from pydantic import BaseModel

from shared.http.strict_json import MAX_ERRORS, json_pointer
from shared.problems import FieldError, Malformed, Problem, Schema
from shared.values.pydantic_messages import CUT, message_of
from shared.values.suggestions import nearest

_SECRETS: Final = ("secret", "password", "token", "authorization", "assertion")

_PARAMETERS: Final = ("query", "path", "header", "cookie")


def validation_problem(errors: Sequence[Mapping[str, Any]], route: object) -> Problem:
    """Return the problem for pydantic's errors of a request to this route: Malformed if a header is invalid, else Schema."""
    if any(error["type"] == "json_invalid" for error in errors):
        return Malformed()
    field_errors = [_field_error(error, route) for error in errors[:MAX_ERRORS]]
    in_header = any(error["loc"][0] == "header" for error in errors)
    return Malformed(errors=field_errors) if in_header else Schema(errors=field_errors)


def _field_error(error: Mapping[str, Any], route: object) -> FieldError:
    part, *path = error["loc"]
    unknown = error["type"] == "extra_forbidden"
    return FieldError(
        where=".".join([part, *map(str, path)])[:200] if part in _PARAMETERS else json_pointer(path)[:200],
        code={"extra_forbidden": "unknown_field"}.get(error["type"], error["type"]),
        message=message_of(error),
        value=None if unknown else _safe_value(path, error.get("input")),
        hint=nearest(str(path[-1]), _field_names(route, part, path[:-1])) if unknown and path else None,
    )


def _safe_value(path: Sequence[object], value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if any(secret in str(name).lower() for name in path for secret in _SECRETS):
        return None
    return str(value)[:CUT] if not isinstance(value, int) or abs(value) < 10**CUT else "…"


def _field_names(route: object, part: object, path: Sequence[object]) -> Iterator[str]:
    """Yield the field names of the body's model at a path."""
    field = getattr(route, "body_field", None) if part == "body" else None
    model = _model(field.field_info.annotation) if field else None
    for name in path:
        inner = model.model_fields.get(str(name)) if model else None
        if inner is not None:
            model = _model(inner.annotation)
        elif not isinstance(name, int):
            return
    if model:
        yield from (inner.alias or name for name, inner in model.model_fields.items())


def _model(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type expression
    """Return the first model within a type such as `list[Item] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    members = get_args(annotation)[:1] if get_origin(annotation) is Annotated else get_args(annotation)
    return next((model for member in members if (model := _model(member))), None)
