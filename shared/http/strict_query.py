"""Query strings read strictly: only known parameters, no repetition of single values, integers as plain digits."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin
from urllib.parse import parse_qsl

from fastapi.dependencies.models import Dependant
from pydantic import BaseModel

from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.pydantic_messages import CUT
from shared.values.suggestions import nearest
from shared.vocabulary import FieldCode

MAX_PARAMETERS: Final = 100

_INTEGER = re.compile(r"-?[0-9]{1,20}")


@dataclass(frozen=True, slots=True)
class QueryParameter:
    """The form in which a query parameter may be written, before its type is validated."""

    repeatable: bool
    integer: bool
    boolean: bool


def declared_parameters(dependant: Dependant) -> dict[str, QueryParameter]:
    """Return all query parameters that an endpoint and its dependencies declare, by name."""
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


def _parameter(annotation: Any) -> QueryParameter:  # noqa: ANN401 - a type expression
    types = set(_types_in(annotation))
    return QueryParameter(
        repeatable=bool(types & {list, tuple, set, frozenset}),
        integer=int in types and not types & {str, date, datetime},
        boolean=bool in types,
    )


def _types_in(annotation: Any) -> Iterator[object]:  # noqa: ANN401 - a type expression
    origin = get_origin(annotation)
    if origin in (Union, UnionType):
        for member in get_args(annotation):
            yield from _types_in(member)
    elif origin is Annotated:
        yield from _types_in(get_args(annotation)[0])
    elif origin is not None:
        yield origin
        for member in get_args(annotation):
            yield from _types_in(member)
    else:
        yield annotation


def check_query(query: bytes, known: Mapping[str, QueryParameter]) -> None:
    """Raise Schema with all errors of a raw query string, given the parameters that the endpoint declares."""
    pairs = _pairs(query)
    names = [name for name, _ in pairs]
    errors = [error for name in dict.fromkeys(names) if (error := _name_error(name, names.count(name), known))]
    errors += [error for name, value in pairs if name in known and (error := _value_error(name, value, known[name]))]
    if errors:
        raise Schema(errors=errors)


def _pairs(query: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_PARAMETERS)
    except UnicodeError:
        raise Schema(zh="查询串应为 UTF-8 的百分号编码。", en="The query must be percent-encoded UTF-8.") from None
    except ValueError:
        raise Schema(
            zh=f"查询参数不得超过 {MAX_PARAMETERS} 个。", en=f"The query must have at most {MAX_PARAMETERS} parameters."
        ) from None


def _name_error(name: str, times: int, known: Mapping[str, QueryParameter]) -> FieldError | None:
    if name not in known:
        return FieldError(
            where=f"query.{name[:CUT]}",
            code=FieldCode.UNKNOWN_PARAMETER,
            message=Bilingual(zh="查询参数不存在", en="unknown query parameter"),
            hint=nearest(name, known),
        )
    if times > 1 and not known[name].repeatable:
        message = Bilingual(zh="只能出现一次", en="must appear only once")
        return FieldError(where=f"query.{name}", code=FieldCode.REPEATED_PARAMETER, message=message)
    return None


def _value_error(name: str, value: str, parameter: QueryParameter) -> FieldError | None:
    if "\x00" in value:
        code, message = FieldCode.UNSTORABLE_TEXT, Bilingual(zh="不得含空字符", en="must not contain NUL")
    elif parameter.integer and not _INTEGER.fullmatch(value):
        code, message = FieldCode.NOT_AN_INTEGER, Bilingual(zh="应为整数", en="must be a whole number")
    elif parameter.boolean and value not in ("true", "false"):
        code, message = FieldCode.NOT_A_FLAG, Bilingual(zh="应为 true 或 false", en="must be true or false")
    else:
        return None
    return FieldError(where=f"query.{name}", code=code, message=message, value=value[:CUT])
