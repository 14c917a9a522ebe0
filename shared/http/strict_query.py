"""Query strings read strictly: known names only, no scalar twice, numbers as digits."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin
from urllib.parse import parse_qsl

from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.pydantic_messages import CUT
from shared.values.suggestions import nearest

MAX_PARAMETERS: Final = 100

_INTEGER = re.compile(r"-?[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """What a query parameter may look like before its type is looked at."""

    many: bool
    integer: bool
    flag: bool


def declared_parameters(dependant: Dependant) -> dict[str, QueryParameter]:
    """Every query parameter that an endpoint and its dependencies declare."""
    return dict(_declared(dependant))


def _declared(dependant: Dependant) -> Iterator[tuple[str, QueryParameter]]:
    for field in dependant.query_params:
        annotation = field.field_info.annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            for name, inner in annotation.model_fields.items():
                yield inner.alias or name, _parameter(inner.annotation)
        else:
            yield field.alias, _parameter(annotation)
    for inner_dependant in dependant.dependencies:
        yield from _declared(inner_dependant)


def forget_null(dependant: Dependant) -> None:
    """Tell FastAPI, which looks at their types in every request, that parameters are never null: one is left out.

    The models are compiled already, so for them nothing changes: None stays a default.
    """
    for field in dependant.query_params:
        model = field.field_info.annotation
        if isinstance(model, type) and issubclass(model, BaseModel):
            for inner in model.model_fields.values():
                given = [each for each in get_args(inner.annotation) if each is not NoneType]
                if get_origin(inner.annotation) in (Union, UnionType) and len(given) == 1:
                    inner.annotation = given[0]
    for inner_dependant in dependant.dependencies:
        forget_null(inner_dependant)


def _parameter(annotation: Any) -> QueryParameter:  # noqa: ANN401 - a type expression
    leaves = set(_leaves(annotation))
    return QueryParameter(
        many=bool(leaves & {list, tuple, set, frozenset}),
        integer=int in leaves and not leaves & {str, date, datetime},
        flag=bool in leaves,
    )


def _leaves(annotation: Any) -> Iterator[object]:  # noqa: ANN401 - a type expression
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        for member in get_args(annotation):
            yield from _leaves(member)
    elif origin is Annotated:
        yield from _leaves(get_args(annotation)[0])
    elif origin is not None:
        yield origin
        for member in get_args(annotation):
            yield from _leaves(member)
    else:
        yield annotation


def check_query(query: bytes, known: Mapping[str, QueryParameter]) -> None:
    """Raise Schema naming everything that is wrong with a raw query string, by the parameters an endpoint knows."""
    pairs = _pairs(query)
    names = [name for name, _ in pairs]
    faults = [fault for name in dict.fromkeys(names) if (fault := _name_fault(name, names.count(name), known))]
    faults += [fault for name, value in pairs if name in known and (fault := _value_fault(name, value, known[name]))]
    if faults:
        raise Schema(errors=faults)


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except UnicodeError:
        raise Schema(zh="查询串须为 UTF-8 的百分号编码", en="the query must be percent-encoded UTF-8") from None
    except ValueError:
        raise Schema(zh=f"查询参数超过 {MAX_PARAMETERS} 个", en=f"the query has more than {MAX_PARAMETERS} parameters") from None


def _name_fault(name: str, times: int, known: Mapping[str, QueryParameter]) -> FieldError | None:
    if name not in known:
        return FieldError(
            where=f"query.{name[:CUT]}",
            code="unknown_parameter",
            message=Bilingual(zh="没有这个查询参数", en="there is no such query parameter"),
            hint=nearest(name, known),
        )
    if times > 1 and not known[name].many:
        message = Bilingual(zh="该查询参数只能出现一次", en="this query parameter may stand only once")
        return FieldError(where=f"query.{name}", code="repeated_parameter", message=message)
    return None


def _value_fault(name: str, value: str, parameter: QueryParameter) -> FieldError | None:
    checks: list[tuple[bool, str, Callable[[str], object], Bilingual]] = [
        (True, "unstorable_text", lambda text: "\x00" not in text, Bilingual(zh="含有空字符", en="it holds NUL")),
        (parameter.integer, "not_an_integer", _INTEGER.fullmatch, Bilingual(zh="须为数字", en="write digits only")),
        (parameter.flag, "not_a_flag", {"true", "false"}.__contains__, Bilingual(zh="须为 true 或 false", en="true or false")),
    ]
    for applies, code, accepts, message in checks:
        if applies and not accepts(value):
            return FieldError(where=f"query.{name}", code=code, message=message, value=value[:CUT])
    return None
