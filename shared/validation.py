"""What the framework says is wrong with a request, said in our terms and in both languages, without repeating the input."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final, get_args, get_origin

from pydantic import BaseModel

from shared.bilingual import Bilingual
from shared.faults import FaultError
from shared.months import MONTH_PATTERN
from shared.nearest import nearest
from shared.problems import FieldError, Malformed, Problem, Schema
from shared.strict_json import pointer

CUT: Final = 64  # characters of an offending value that are shown
MOST: Final = 100  # errors shown
_SECRETS: Final = ("secret", "password", "token", "authorization", "assertion")

_MESSAGES: Final[Mapping[str, Bilingual]] = {
    "missing": Bilingual(zh="缺少必填项", en="this is required"),
    "extra_forbidden": Bilingual(zh="没有这个字段", en="there is no such field"),
    "string_type": Bilingual(zh="须为文本", en="write text"),
    "int_type": Bilingual(zh="须为整数", en="write a whole number"),
    "int_parsing": Bilingual(zh="须为整数", en="write a whole number"),
    "int_from_float": Bilingual(zh="须为整数", en="write a whole number"),
    "bool_type": Bilingual(zh="须为 true 或 false", en="write true or false"),
    "bool_parsing": Bilingual(zh="须为 true 或 false", en="write true or false"),
    "model_attributes_type": Bilingual(zh="须为 JSON 对象", en="send a JSON object"),
    "model_type": Bilingual(zh="须为 JSON 对象", en="send a JSON object"),
    "dict_type": Bilingual(zh="须为 JSON 对象", en="send a JSON object"),
    "list_type": Bilingual(zh="须为 JSON 数组", en="send a JSON array"),
    "uuid_parsing": Bilingual(zh="须为 UUID", en="write a UUID"),
    "date_type": Bilingual(zh="须为日期，如 2022-08-31", en="write a date such as 2022-08-31"),
    "date_from_datetime_inexact": Bilingual(zh="须为日期，如 2022-08-31", en="write a date such as 2022-08-31"),
    "date_from_datetime_parsing": Bilingual(zh="须为日期，如 2022-08-31", en="write a date such as 2022-08-31"),
}
_WITH_LIMITS: Final[Mapping[str, Bilingual]] = {
    "string_too_short": Bilingual(zh="至少 {min_length} 个字符", en="at least {min_length} characters"),
    "string_too_long": Bilingual(zh="至多 {max_length} 个字符", en="at most {max_length} characters"),
    "string_pattern_mismatch": Bilingual(zh="须符合 {pattern}", en="must match {pattern}"),
    "too_long": Bilingual(zh="至多 {max_length} 项", en="at most {max_length} items"),
    "too_short": Bilingual(zh="至少 {min_length} 项", en="at least {min_length} items"),
    "greater_than": Bilingual(zh="须大于 {gt}", en="must be greater than {gt}"),
    "greater_than_equal": Bilingual(zh="不得小于 {ge}", en="must be at least {ge}"),
    "less_than": Bilingual(zh="须小于 {lt}", en="must be less than {lt}"),
    "less_than_equal": Bilingual(zh="不得大于 {le}", en="must be at most {le}"),
    "enum": Bilingual(zh="须为 {expected} 之一", en="must be one of {expected}"),
    "literal_error": Bilingual(zh="须为 {expected} 之一", en="must be one of {expected}"),
}
_MONTH: Final = Bilingual(zh="月份写作 2022-08", en="write a month as 2022-08")
_PLACES: Final = {"query": "query", "path": "path", "header": "header", "cookie": "cookie"}


def problem(errors: Sequence[Mapping[str, Any]], route: object) -> Problem:
    """The problem for pydantic's list of errors of a request to this route; a header that is none spoils the whole request."""
    if any(error["type"] == "json_invalid" for error in errors):
        return Malformed()
    named = [_field_error(error, route) for error in errors[:MOST]]
    return Malformed(errors=named) if any(error["loc"][0] == "header" for error in errors) else Schema(errors=named)


def _field_error(error: Mapping[str, Any], route: object) -> FieldError:
    place, *path = error["loc"]
    unknown = error["type"] == "extra_forbidden"
    return FieldError(
        where=".".join([_PLACES[place], *map(str, path)])[:200] if place in _PLACES else pointer(path)[:200],
        code={"extra_forbidden": "unknown_field"}.get(error["type"], error["type"]),
        message=message_of(error),
        value=None if unknown else _shown(path, error.get("input")),
        hint=nearest(str(path[-1]), _siblings(route, place, path[:-1])) if unknown and path else None,
    )


def message_of(error: Mapping[str, Any]) -> Bilingual:
    """What one of pydantic's errors says, or the field's own check."""
    kind, context = error["type"], error.get("ctx") or {}
    raised = context.get("error")
    if isinstance(raised, FaultError):
        return raised.message
    if context.get("pattern") == MONTH_PATTERN:
        return _MONTH
    if kind in _WITH_LIMITS:
        told = _WITH_LIMITS[kind]
        listed = str(context.get("expected", "")).replace("' or '", "' 或 '")  # pydantic joins the last two in English
        return Bilingual(zh=told.zh.format_map({**context, "expected": listed}), en=told.en.format_map(context))
    return _MESSAGES.get(kind) or Bilingual(zh="取值无效", en=str(error["msg"]).removeprefix("Value error, ")[:200])


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
