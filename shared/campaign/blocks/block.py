"""The base of all blocks of a campaign file, and types of values that several of them have."""

import re
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from shared.values.field_error import FieldValueError
from shared.values.months import month_of, month_text


def _decimal(value: object) -> object:
    number = isinstance(value, int | str) and not isinstance(value, bool)
    if not number or not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,6})?", str(value)):
        raise FieldValueError(
            '应为整数，或写成文本的小数，如 "12.5"', 'must be a whole number, or a decimal as text, such as "12.5"'
        )
    return str(value)


Month = Annotated[date, BeforeValidator(month_of), PlainSerializer(month_text)]
DecimalText = Annotated[str, BeforeValidator(_decimal)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
AreaCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$")]


def within(month: date, first: date | None, last: date | None) -> bool:
    """Return whether a month is between two others, both included; None is no bound."""
    return (first is None or first <= month) and (last is None or month <= last)


class Block(BaseModel):
    """A table of the file: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
