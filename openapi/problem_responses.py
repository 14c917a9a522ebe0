"""Problems of operations: those that an endpoint declares, those that follow from its description, and their schemas."""

from collections.abc import Iterable, Iterator
from typing import Any, Final, Literal

from pydantic import BaseModel, create_model
from pydantic.json_schema import models_json_schema

from openapi.schemas import REFERENCE, JsonObject, name_of
from shared.access import policy
from shared.problems import (
    BODY_PROBLEMS,
    CODES,
    KEYED_PROBLEMS,
    MEDIA_TYPE,
    Forbidden,
    HeaderTooLarge,
    InternalError,
    Malformed,
    NotAcceptable,
    NotFound,
    Overloaded,
    PreconditionRequired,
    Problem,
    ProblemDocument,
    RateLimited,
    Schema,
    Stale,
    TokenInvalid,
    UnknownOutcome,
    UriTooLong,
    all_problems,
)

_ANY_REQUEST: Final = (Malformed, UriTooLong, HeaderTooLarge, InternalError)
"""Problems that any request may have; they are the `default` response."""
_TOKEN_PROBLEMS: Final = (TokenInvalid, Forbidden, NotFound, RateLimited)
_PLAIN: Final = tuple(kind for kind in all_problems() if kind.own_members is None)
"""Problems without members of their own. Each `default` response maps all of them: openapi-typescript takes the last mapping."""
_TOKEN_ENDPOINT: Final = "issue_token"  # its errors are those of RFC 6749


def _document(kind: type[Problem]) -> type[BaseModel]:
    """Return the schema of a problem: one of its own, with a constant code, if it has members of its own."""
    if kind.own_members is None:
        return ProblemDocument
    code: Any = Literal[kind.code()]
    bases = (kind.own_members, ProblemDocument)
    return create_model(f"{kind.__name__}Problem", __base__=bases, __doc__=f"{kind.title_en()}.", code=(code, ...))


_BY_CODE: Final = {kind.code(): kind for kind in all_problems()}
DOCUMENTS: Final[dict[str, type[BaseModel]]] = {kind.code(): _document(kind) for kind in all_problems()}
"""The schema of each problem, by code."""


def add_problem_responses(operation: JsonObject) -> None:
    """Describe each response of an operation that is a problem: its codes, and the schema of each."""
    responses = operation["responses"]
    if operation["operationId"] != _TOKEN_ENDPOINT:
        responses.pop("422", None) if CODES not in responses.get("422", {}) else None  # FastAPI's own
        for kind in _problems_of(operation):
            codes = responses.setdefault(str(kind.status), {}).setdefault(CODES, [])
            codes.append(kind.code()) if kind.code() not in codes else None
    for response in responses.values():
        if CODES in response:
            response.update(_response([_BY_CODE[code] for code in response[CODES]]))
    responses["default"] = _response(_ANY_REQUEST, mapped=_PLAIN)


def _problems_of(operation: JsonObject) -> Iterator[type[Problem]]:
    """Yield the problems that follow from the parameters, the body and the roles of an operation."""
    yield from (Schema, Overloaded)
    if operation["operationId"] != _TOKEN_ENDPOINT:
        yield NotAcceptable
    if operation["operationId"] not in policy.PUBLIC_OPERATIONS:
        yield from _TOKEN_PROBLEMS
    if "requestBody" in operation:
        yield from BODY_PROBLEMS
    headers = {parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "header"}
    if headers:
        yield Malformed
    if "Idempotency-Key" in headers:
        yield from KEYED_PROBLEMS
    if "If-Match" in headers:
        yield from (PreconditionRequired, Stale, UnknownOutcome)


def problem_schemas(operations: Iterable[JsonObject]) -> dict[str, JsonObject]:
    """Return the schemas of all problems of these operations, and of their parts, by name."""
    codes = {code for operation in operations for response in operation["responses"].values() for code in response.get(CODES, ())}
    documents: dict[type[BaseModel], None] = dict.fromkeys([ProblemDocument, *(DOCUMENTS[code] for code in sorted(codes))])
    _, whole = models_json_schema([(document, "validation") for document in documents], ref_template=REFERENCE + "{model}")
    schemas: dict[str, JsonObject] = whole["$defs"]
    typed = [kind for kind in all_problems() if kind.own_members]
    code = schemas["ProblemDocument"]["properties"]["code"]
    code["description"] = "\n".join(["New codes may be added.", "", *(f"- {_described(kind)}" for kind in _PLAIN)])
    code["not"] = {"enum": [kind.code() for kind in typed]}  # so that a problem is of one schema only
    return schemas


def _response(kinds: Iterable[type[Problem]], mapped: Iterable[type[Problem]] = ()) -> JsonObject:
    """Describe a response with one of these problems; `mapped` are also named as codes of the schema without own members.

    The alternatives with constant codes come first, because some clients take the first schema that fits.
    """
    ordered = sorted(set(kinds), key=lambda kind: kind.code())
    references = _references(ordered)
    alternatives: list[JsonObject] = [{"$ref": reference} for reference in dict.fromkeys(references.values())]
    alternatives.sort(key=lambda alternative: name_of(alternative) == ProblemDocument.__name__)
    schema = alternatives[0]
    if len(alternatives) > 1:
        mapping = dict(sorted({**references, **_references(mapped)}.items()))
        schema = {"oneOf": alternatives, "discriminator": {"propertyName": "code", "mapping": mapping}}
    return {
        "description": "\n".join(f"- {_described(kind)}" for kind in ordered) if len(ordered) > 1 else _described(ordered[0]),
        CODES: [kind.code() for kind in ordered],
        "content": {MEDIA_TYPE: {"schema": schema}},
    }


def _references(kinds: Iterable[type[Problem]]) -> dict[str, str]:
    return {kind.code(): f"{REFERENCE}{DOCUMENTS[kind.code()].__name__}" for kind in kinds}


def _described(kind: type[Problem]) -> str:
    return f"`{kind.code()}`: {kind.title_zh} / {kind.title_en()}"
