"""Turns the framework's validation errors into problems in both languages, without repeating the whole input."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, get_args, get_origin

from pydantic import BaseModel

from shared.http.strict_json import MAX_ERRORS, json_pointer
from shared.problems import FieldError, Malformed, Problem, Schema
from shared.values.field_error import FieldValueError, MissingFieldsError
from shared.values.months import MONTH_PATTERN
from shared.values.pydantic_messages import CUT, message_of
from shared.values.suggestions import nearest
from shared.vocabulary import FieldCode

_SECRETS: Final = ("secret", "password", "token", "authorization", "assertion")

_PARAMETERS: Final = ("query", "path", "header", "cookie")
_CODES: Final[Mapping[str, FieldCode]] = {
    "missing": FieldCode.MISSING_FIELD,
    "extra_forbidden": FieldCode.UNKNOWN_FIELD,
    "string_type": FieldCode.NOT_TEXT,
    "string_sub_type": FieldCode.NOT_TEXT,
    "string_unicode": FieldCode.UNSTORABLE_TEXT,
    "string_too_short": FieldCode.TEXT_TOO_SHORT,
    "string_too_long": FieldCode.TEXT_TOO_LONG,
    "string_pattern_mismatch": FieldCode.WRONG_FORMAT,
    "int_type": FieldCode.NOT_AN_INTEGER,
    "int_parsing": FieldCode.NOT_AN_INTEGER,
    "int_parsing_size": FieldCode.NOT_AN_INTEGER,
    "int_from_float": FieldCode.NOT_AN_INTEGER,
    "float_type": FieldCode.NOT_A_NUMBER,
    "float_parsing": FieldCode.NOT_A_NUMBER,
    "finite_number": FieldCode.NOT_A_NUMBER,
    "bool_type": FieldCode.NOT_A_FLAG,
    "bool_parsing": FieldCode.NOT_A_FLAG,
    "model_type": FieldCode.NOT_AN_OBJECT,
    "model_attributes_type": FieldCode.NOT_AN_OBJECT,
    "dict_type": FieldCode.NOT_AN_OBJECT,
    "list_type": FieldCode.NOT_A_LIST,
    "tuple_type": FieldCode.NOT_A_LIST,
    "set_type": FieldCode.NOT_A_LIST,
    "too_short": FieldCode.TOO_FEW,
    "too_long": FieldCode.TOO_MANY,
    "greater_than": FieldCode.TOO_SMALL,
    "greater_than_equal": FieldCode.TOO_SMALL,
    "less_than": FieldCode.TOO_LARGE,
    "less_than_equal": FieldCode.TOO_LARGE,
    "enum": FieldCode.UNKNOWN_VALUE,
    "literal_error": FieldCode.UNKNOWN_VALUE,
    "uuid_type": FieldCode.NOT_A_UUID,
    "uuid_parsing": FieldCode.NOT_A_UUID,
    "uuid_version": FieldCode.NOT_A_UUID,
    "date_type": FieldCode.NOT_A_DATE,
    "date_parsing": FieldCode.NOT_A_DATE,
    "date_from_datetime_parsing": FieldCode.NOT_A_DATE,
    "date_from_datetime_inexact": FieldCode.NOT_A_DATE,
    "datetime_type": FieldCode.NOT_A_TIMESTAMP,
    "datetime_parsing": FieldCode.NOT_A_TIMESTAMP,
    "datetime_from_date_parsing": FieldCode.NOT_A_TIMESTAMP,
    "timezone_aware": FieldCode.NOT_A_TIMESTAMP,
}
"""The code of each kind of pydantic's errors; of any other kind it is `invalid_value`."""


def validation_problem(errors: Sequence[Mapping[str, Any]], route: object) -> Problem:
    """Return the problem for pydantic's errors of a request to this route: Malformed if a header is invalid, else Schema."""
    if any(error["type"] == "json_invalid" for error in errors):
        return Malformed()
    field_errors = [_field_error(field_error, route) for error in errors[:MAX_ERRORS] for field_error in _by_field(error)]
    in_header = any(error["loc"][0] == "header" for error in errors)
    return Malformed(errors=field_errors) if in_header else Schema(errors=field_errors)


def _by_field(error: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield an error of several fields once for each of them, any other error as it is."""
    raised = (error.get("ctx") or {}).get("error")
    fields = raised.fields if isinstance(raised, FieldValueError) else ()
    code = FieldCode.MISSING_FIELD if isinstance(raised, MissingFieldsError) else FieldCode.INVALID_COMBINATION
    for field in fields:
        yield {**error, "loc": (*error["loc"], field), "input": None, "type": code}
    if not fields:
        yield error


def _code(error: Mapping[str, Any]) -> FieldCode:
    if isinstance(error["type"], FieldCode):
        return error["type"]
    if (error.get("ctx") or {}).get("pattern") == MONTH_PATTERN:
        return FieldCode.MONTH_MALFORMED
    return _CODES.get(error["type"], FieldCode.INVALID_VALUE)


def _field_error(error: Mapping[str, Any], route: object) -> FieldError:
    part, *path = error["loc"]
    unknown = error["type"] == "extra_forbidden"
    names = [part, *(name for name in path if isinstance(name, str))]  # a repeated parameter is one place
    return FieldError(
        where=".".join(names)[:200] if part in _PARAMETERS else json_pointer(path)[:200],
        code=_code(error),
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
