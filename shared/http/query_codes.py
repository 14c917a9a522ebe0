"""Codes that a question names: one that does not exist is refused with the nearest that does."""

from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.suggestions import nearest

_MESSAGES: Final[Mapping[str, Bilingual]] = {
    "org": Bilingual(zh="没有这个单位", en="there is no such organisation"),
    "metric": Bilingual(zh="没有这个指标", en="there is no such metric"),
    "area": Bilingual(zh="没有这个区域", en="there is no such area"),
    "indicator": Bilingual(zh="该月没有这个指标", en="the month has no such indicator"),
}
"""By the name of the parameter."""

Value = TypeVar("Value", int, str)


def unknown_code(name: str, code: str, known: Iterable[str]) -> Schema:
    """The refusal of a parameter that names none of the codes there are."""
    error = FieldError(
        where=f"query.{name}", code=f"unknown_{name}", message=_MESSAGES[name], value=code, hint=nearest(code, known)
    )
    return Schema(errors=[error])


def value_for_code(name: str, code: str | None, codes: Mapping[str, Value]) -> Value | None:
    """What stands for the code that a parameter names, None where it names none. Raises Schema for one there is not."""
    if code is None:
        return None
    if code not in codes:
        raise unknown_code(name, code, codes)
    return codes[code]
