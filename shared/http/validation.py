"""What the framework says is wrong with a request, said in our terms and in both languages, without repeating the input."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, get_args, get_origin

from pydantic import BaseModel

from shared.http.strict_json import json_pointer
from shared.problems import FieldError, Malformed, Problem, Schema
from shared.values.pydantic_messages import CUT, message_of
from shared.values.suggestions import nearest

MAX_ERRORS: Final = 100  # errors shown
_SECRETS: Final = ("secret", "password", "token", "authorization", "assertion")

_PLACES: Final = {"query": "query", "path": "path", "header": "header", "cookie": "cookie"}


def validation_problem(errors: Sequence[Mapping[str, Any]], route: object) -> Problem:
    """The problem for pydantic's list of errors of a request to this route; a header that is none spoils the whole request."""
    if any(error["type"] == "json_invalid" for error in errors):
        return Malformed()
    named = [_field_error(error, route) for error in errors[:MAX_ERRORS]]
    return Malformed(errors=named) if any(error["loc"][0] == "header" for error in errors) else Schema(errors=named)


def _field_error(error: Mapping[str, Any], route: object) -> FieldError:
    place, *path = error["loc"]
    unknown = error["type"] == "extra_forbidden"
    return FieldError(
        where=".".join([_PLACES[place], *map(str, path)])[:200] if place in _PLACES else json_pointer(path)[:200],
        code={"extra_forbidden": "unknown_field"}.get(error["type"], error["type"]),
        message=message_of(error),
        value=None if unknown else _shown(path, error.get("input")),
        hint=nearest(str(path[-1]), _siblings(route, place, path[:-1])) if unknown and path else None,
    )


def _shown(path: Sequence[object], value: object) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if any(secret in str(part).lower() for part in path for secret in _SECRETS):
        return None
    return str(value)[:CUT] if not isinstance(value, int) or abs(value) < 10**CUT else "…"


def _siblings(route: object, place: object, path: Sequence[object]) -> Iterator[str]:
    """The field names of the model in which an unknown name stood."""
    field = getattr(route, "body_field", None) if place == "body" else None
    model = _model(field.field_info.annotation) if field else None
    for part in path:
        inner = model.model_fields.get(str(part)) if model else None
        if inner is not None:
            model = _model(inner.annotation)
        elif not isinstance(part, int):
            return
    if model:
        yield from (inner.alias or name for name, inner in model.model_fields.items())


def _model(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type expression
    """The first model within a type such as `list[Item] | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    members = get_args(annotation)[:1] if get_origin(annotation) is Annotated else get_args(annotation)
    return next((found for member in members if (found := _model(member))), None)
