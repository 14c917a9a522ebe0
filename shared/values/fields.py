"""Types of request fields and parameters: codes, texts without invisible characters, dates, and the form of idempotency keys."""

import re
import unicodedata
from datetime import date
from typing import Annotated, Final, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticKnownError

from shared.values.field_error import FieldValueError

KEY_LENGTH: Final = 255
KEY_PATTERN: Final = r"^[\x21-\x7e]+$"
"""Of idempotency keys: visible ASCII, which every HTTP library sends unchanged."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_AND_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # categories: control, format (bidi marks too), …


class RequestBody(BaseModel):
    """A request body; unknown fields are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def _visible(text: str, allowed: str = "") -> str:
    if any(unicodedata.category(character) in _INVISIBLE and character not in allowed for character in text):
        raise FieldValueError("不得含有控制字符或不可见字符", "must not contain control or invisible characters")
    return unicodedata.normalize("NFC", text)


def _day(value: object) -> object:
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise FieldValueError("应为日期，如 2022-08-31", "must be a date, such as 2022-08-31")


def _timestamp(value: object) -> object:
    """Refuse numbers, which pydantic would take for seconds since 1970, also as text."""
    if (isinstance(value, str) and not _DATE_AND_TIME.match(value)) or isinstance(value, int | float):
        raise PydanticKnownError("datetime_type")
    return value


ONE_LINE: Final = AfterValidator(_visible)
LINES: Final = AfterValidator(lambda text: _visible(text, "\n\t"))
"""Texts without invisible characters. A type with another length has its own `StringConstraints` before them: a length that is
checked after a function is reported as that of a list."""
TextLine = Annotated[str, StringConstraints(min_length=1, max_length=200), ONE_LINE]
TextParagraph = Annotated[str, StringConstraints(min_length=1, max_length=4_000), LINES]
ReasonText = Annotated[str, StringConstraints(min_length=1, max_length=1_000), LINES]
TimestampText = Annotated[AwareDatetime, BeforeValidator(_timestamp)]
Day = Annotated[date, BeforeValidator(_day)]
CodeParameter = Annotated[str, Field(max_length=63)]
AreaParameter = Annotated[str, Field(max_length=32)]
_ValueT = TypeVar("_ValueT")
AnyOf = Annotated[list[_ValueT], Field(max_length=100), AfterValidator(lambda values: sorted(set(values)))]
"""A parameter that may be repeated: a filter by any of its values. It is in order, so that equal filters are equal."""
