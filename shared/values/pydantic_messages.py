"""Pydantic's error messages in the words of the API, in both languages."""

from collections.abc import Mapping
from typing import Any, Final

from shared.values.bilingual import Bilingual
from shared.values.field_error import FieldValueError
from shared.values.months import MONTH_PATTERN

CUT: Final = 64  # characters of an offending value that are shown

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


def message_of(error: Mapping[str, Any]) -> Bilingual:
    """What one of pydantic's errors says, or the field's own check."""
    kind, context = error["type"], error.get("ctx") or {}
    raised = context.get("error")
    if isinstance(raised, FieldValueError):
        return raised.message
    if context.get("pattern") == MONTH_PATTERN:
        return _MONTH
    if kind in _WITH_LIMITS:
        told = _WITH_LIMITS[kind]
        listed = str(context.get("expected", "")).replace("' or '", "' 或 '")  # pydantic joins the last two in English
        return Bilingual(zh=told.zh.format_map({**context, "expected": listed}), en=told.en.format_map(context))
    return _MESSAGES.get(kind) or Bilingual(zh="取值无效", en=str(error["msg"]).removeprefix("Value error, ")[:200])
