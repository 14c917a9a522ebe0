"""Pydantic's error messages in the words of the API, in both languages."""

from collections.abc import Mapping
from typing import Any, Final

from shared.values.bilingual import Bilingual
from shared.values.field_error import FieldValueError
from shared.values.months import MONTH_PATTERN

CUT: Final = 64  # characters of an offending value that are shown

_TIMESTAMP: Final = Bilingual(
    zh="应为带时区的时间，如 2022-08-31T12:00:00+08:00",
    en="must be a timestamp with an offset, such as 2022-08-31T12:00:00+08:00",
)
_MESSAGES: Final[Mapping[str, Bilingual]] = {
    "missing": Bilingual(zh="缺少必填项", en="is required"),
    "extra_forbidden": Bilingual(zh="字段不存在", en="unknown field"),
    "string_type": Bilingual(zh="应为文本", en="must be a string"),
    "int_type": Bilingual(zh="应为整数", en="must be a whole number"),
    "int_parsing": Bilingual(zh="应为整数", en="must be a whole number"),
    "int_from_float": Bilingual(zh="应为整数", en="must be a whole number"),
    "bool_type": Bilingual(zh="应为 true 或 false", en="must be true or false"),
    "bool_parsing": Bilingual(zh="应为 true 或 false", en="must be true or false"),
    "int_parsing_size": Bilingual(zh="应为整数", en="must be a whole number"),
    "float_type": Bilingual(zh="应为数值", en="must be a number"),
    "float_parsing": Bilingual(zh="应为数值", en="must be a number"),
    "finite_number": Bilingual(zh="应为数值", en="must be a number"),
    "model_attributes_type": Bilingual(zh="应为 JSON 对象", en="must be a JSON object"),
    "model_type": Bilingual(zh="应为 JSON 对象", en="must be a JSON object"),
    "dict_type": Bilingual(zh="应为 JSON 对象", en="must be a JSON object"),
    "list_type": Bilingual(zh="应为 JSON 数组", en="must be a JSON array"),
    "uuid_type": Bilingual(zh="应为 UUID", en="must be a UUID"),
    "uuid_parsing": Bilingual(zh="应为 UUID", en="must be a UUID"),
    "datetime_type": _TIMESTAMP,
    "datetime_parsing": _TIMESTAMP,
    "datetime_from_date_parsing": _TIMESTAMP,
    "timezone_aware": _TIMESTAMP,
    "date_type": Bilingual(zh="应为日期，如 2022-08-31", en="must be a date, such as 2022-08-31"),
    "date_from_datetime_inexact": Bilingual(zh="应为日期，如 2022-08-31", en="must be a date, such as 2022-08-31"),
    "date_from_datetime_parsing": Bilingual(zh="应为日期，如 2022-08-31", en="must be a date, such as 2022-08-31"),
}
_WITH_LIMITS: Final[Mapping[str, Bilingual]] = {
    "string_too_short": Bilingual(zh="不得少于 {min_length} 个字符", en="must have at least {min_length} characters"),
    "string_too_long": Bilingual(zh="不得超过 {max_length} 个字符", en="must have at most {max_length} characters"),
    "string_pattern_mismatch": Bilingual(zh="格式不符合要求（{pattern}）", en="must match {pattern}"),
    "too_long": Bilingual(zh="不得超过 {max_length} 项", en="must have at most {max_length} items"),
    "too_short": Bilingual(zh="不得少于 {min_length} 项", en="must have at least {min_length} items"),
    "greater_than": Bilingual(zh="应大于 {gt}", en="must be greater than {gt}"),
    "greater_than_equal": Bilingual(zh="不得小于 {ge}", en="must be at least {ge}"),
    "less_than": Bilingual(zh="应小于 {lt}", en="must be less than {lt}"),
    "less_than_equal": Bilingual(zh="不得大于 {le}", en="must be at most {le}"),
    "enum": Bilingual(zh="应为 {expected} 之一", en="must be one of {expected}"),
    "literal_error": Bilingual(zh="应为 {expected} 之一", en="must be one of {expected}"),
}
_INVALID: Final = Bilingual(zh="取值无效", en="invalid value")
_EMPTY: Final = Bilingual(zh="不得为空", en="must not be empty")
_MONTH: Final = Bilingual(zh="月份应写成 2022-08", en="must be a month, such as 2022-08")


def message_of(error: Mapping[str, Any]) -> Bilingual:
    """Return the message of a pydantic error, or of the field's own check that raised it."""
    kind, context = error["type"], error.get("ctx") or {}
    raised = context.get("error")
    if isinstance(raised, FieldValueError):
        return raised.message
    if context.get("pattern") == MONTH_PATTERN:
        return _MONTH
    if context.get("min_length") == 1:
        return _EMPTY
    if kind in _WITH_LIMITS:
        texts = _WITH_LIMITS[kind]
        listed = str(context.get("expected", "")).replace("' or '", "' 或 '")  # pydantic joins the last two in English
        return Bilingual(zh=texts.zh.format_map({**context, "expected": listed}), en=texts.en.format_map(context))
    return _MESSAGES.get(kind, _INVALID)
