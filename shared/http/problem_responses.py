"""Every refusal becomes one RFC 9457 document: ours, the framework's, the database's."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

import psycopg
import sqlalchemy.exc
import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from shared import problems
from shared.http import validation
from shared.http.json_response import JsonResponse
from shared.http.language import preferred_language
from shared.problems import InternalError, Overloaded, Problem

_DEFAULT_HEADERS: Final[Mapping[int, Mapping[str, str]]] = {
    401: {"WWW-Authenticate": 'Bearer error="invalid_token"'},
    503: {"Retry-After": "1"},
}
_OF_FRAMEWORK: Final[Mapping[int, type[Problem]]] = {
    400: problems.Malformed,
    401: problems.TokenInvalid,
    403: problems.Forbidden,
    404: problems.NotFound,
    405: problems.MethodNotAllowed,
    406: problems.NotAcceptable,
    413: problems.TooLarge,
    415: problems.MediaType,
    422: problems.Schema,
    503: problems.Overloaded,
}

_PASSING: Final = (psycopg.OperationalError, psycopg.errors.IdleInTransactionSessionTimeout, sqlalchemy.exc.TimeoutError)

log = structlog.get_logger()


def problem_response(problem: Problem, scope: Scope) -> Response:
    """The document of a problem, in the language the request asks for."""
    accepted = ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-language")
    language = preferred_language(accepted)
    document = {
        "type": problem.type(),
        "title": problem.title_en() if language == "en" else problem.title_zh,
        "status": problem.status,
        "detail": problem.detail[language],
        "instance": f"/requests/{scope.get('state', {}).get('request_id', 'unknown')}",
        "code": problem.code(),
        "errors": [error.model_dump(mode="json") for error in problem.errors],
        **problem.extra,
    }
    headers = {
        **_DEFAULT_HEADERS.get(problem.status, {}),
        "Content-Language": language,
        "Vary": "Accept-Language",
        "Cache-Control": "no-store",
        **problem.headers,
    }
    return JsonResponse(document, problem.status, headers, problems.MEDIA_TYPE)


def install_handlers(app: FastAPI) -> None:
    """Register the handlers with an app."""
    handlers: dict[Any, Any] = {
        Problem: _own,
        HTTPException: _of_framework,
        RequestValidationError: _of_validation,
        psycopg.OperationalError: _of_database,
        psycopg.errors.IdleInTransactionSessionTimeout: _of_database,
        sqlalchemy.exc.DBAPIError: _of_database,
        sqlalchemy.exc.TimeoutError: _of_database,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


async def _own(request: Request, problem: Problem) -> Response:
    return problem_response(problem, request.scope)


async def _of_framework(request: Request, raised: HTTPException) -> Response:
    if raised.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return problem_response(problems.MethodNotAllowed(headers={"Allow": _allowed_methods(request)}), request.scope)
    fallback = problems.Malformed if raised.status_code < HTTPStatus.INTERNAL_SERVER_ERROR else InternalError
    return problem_response(_OF_FRAMEWORK.get(raised.status_code, fallback)(), request.scope)


def _allowed_methods(request: Request) -> str:
    """The methods of every route of this path: the framework names those of the first one only."""
    matching = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    methods = {method for route in matching for method in getattr(route, "methods", None) or ()}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


async def _of_validation(request: Request, raised: RequestValidationError) -> Response:
    return problem_response(validation.validation_problem(raised.errors(), request.scope.get("route")), request.scope)


async def _of_database(request: Request, raised: Exception) -> Response:
    """A lost connection, an exhausted pool, a lock, statement or idle timeout: all pass, so the client may try again."""
    cause = raised.orig if isinstance(raised, sqlalchemy.exc.DBAPIError) else raised
    if not isinstance(cause, _PASSING):
        raise raised
    log.warning("database_unavailable", error=type(cause).__name__, sqlstate=getattr(cause, "sqlstate", None))
    return problem_response(Overloaded(), request.scope)
