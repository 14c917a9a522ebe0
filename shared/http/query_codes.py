"""Codes of the campaign in requests: an unknown one is refused, with the most similar known code as a hint."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeVar

from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.suggestions import nearest
from shared.vocabulary import FieldCode

_MESSAGES: Final[Mapping[str, Bilingual]] = {
    "org": Bilingual(zh="单位不存在", en="unknown organisation"),
    "attention": Bilingual(zh="单位不存在", en="unknown organisation"),
    "challenger": Bilingual(zh="单位不存在", en="unknown organisation"),
    "metric": Bilingual(zh="填报指标不存在", en="unknown metric"),
    "area": Bilingual(zh="区域不存在", en="unknown area"),
    "domain": Bilingual(zh="案例领域不存在", en="unknown case domain"),
    "category": Bilingual(zh="困难类别不存在", en="unknown category of difficulties"),
    "task": Bilingual(zh="任务不存在", en="unknown task"),
    "issued_by": Bilingual(zh="单位不存在", en="unknown organisation"),
    "responsible": Bilingual(zh="单位不存在", en="unknown organisation"),
    "technology": Bilingual(zh="技术不存在", en="unknown technology"),
    "technologies": Bilingual(zh="技术不存在", en="unknown technology"),
    "indicator": Bilingual(zh="该月没有此评价指标", en="unknown indicator in this month"),
}
"""By the name of the parameter or field."""
_CODES: Final[Mapping[str, FieldCode]] = {
    "org": FieldCode.UNKNOWN_ORG,
    "metric": FieldCode.UNKNOWN_METRIC,
    "area": FieldCode.UNKNOWN_AREA,
    "indicator": FieldCode.UNKNOWN_INDICATOR,
    "attention": FieldCode.UNKNOWN_ORG,
    "challenger": FieldCode.UNKNOWN_ORG,
    "domain": FieldCode.UNKNOWN_DOMAIN,
    "category": FieldCode.UNKNOWN_CATEGORY,
    "task": FieldCode.UNKNOWN_TASK,
    "issued_by": FieldCode.UNKNOWN_ORG,
    "responsible": FieldCode.UNKNOWN_ORG,
    "technology": FieldCode.UNKNOWN_TECHNOLOGY,
    "technologies": FieldCode.UNKNOWN_TECHNOLOGY,
}

_ValueT = TypeVar("_ValueT", int, str)


def unknown_code_error(name: str, where: str, code: str | int, known: Iterable[str | int]) -> FieldError:
    """Return the error of a field or parameter `name` whose code is not among the known ones."""
    return FieldError(
        where=where, code=_CODES[name], message=_MESSAGES[name], value=str(code), hint=nearest(str(code), map(str, known))
    )


def unknown_code(name: str, code: str | int, known: Iterable[str | int]) -> Schema:
    """Return the problem for a parameter `name` whose code is not among the known ones."""
    return Schema(errors=[unknown_code_error(name, f"query.{name}", code, known)])


def refuse_unknown_code(name: str, code: str | int | Sequence[str | int] | None, known: Iterable[str | int]) -> None:
    """Raise Schema if the parameter `name` has a code that is not among the known ones; a repeated one has several."""
    codes = [] if code is None else [code] if isinstance(code, str | int) else code
    known_codes = list(known) if codes else []
    if errors := [unknown_code_error(name, f"query.{name}", each, known_codes) for each in codes if each not in known_codes]:
        raise Schema(errors=errors)


def value_for_code(name: str, code: str | None, values: Mapping[str, _ValueT]) -> _ValueT | None:
    """Return the value for the code in parameter `name`, None without one. Raises Schema for an unknown code."""
    if code is None:
        return None
    if code not in values:
        raise unknown_code(name, code, values)
    return values[code]
