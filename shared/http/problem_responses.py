"""RFC 9457 responses for all errors: problems, and the exceptions of the framework and the database."""

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
from shared.database.sqlstates import passing_failure
from shared.http import validation
from shared.http.json_response import JsonResponse
from shared.http.language import preferred_language
from shared.problems import InternalError, Overloaded, Problem

_DEFAULT_HEADERS: Final[Mapping[int, Mapping[str, str]]] = {
    401: {"WWW-Authenticate": 'Bearer error="invalid_token"'},
    503: {"Retry-After": "1"},
}
_PROBLEM_BY_STATUS: Final[Mapping[int, type[Problem]]] = {
    400: problems.Malformed,
    401: problems.TokenInvalid,
    403: problems.Forbidden,
    404: problems.NotFound,
    405: problems.MethodNotAllowed,
    406: problems.NotAcceptable,
    415: problems.MediaType,
    422: problems.Schema,
    503: problems.Overloaded,
}

_log = structlog.get_logger()


def problem_response(problem: Problem, scope: Scope) -> Response:
    """Return the response for a problem, in the language that the request accepts."""
    accept_language = ",".join(value.decode("latin-1") for name, value in scope["headers"] if name == b"accept-language")
    language = preferred_language(accept_language)
    document = {
        "type": problem.type(),
        "title": problem.title_en() if language == "en" else problem.title_zh,
        "status": problem.status,
        "detail": problem.detail[language],
        "instance": f"/requests/{scope.get('state', {}).get('request_id', 'unknown')}",
        "code": problem.code(),
        "errors": [error.model_dump(mode="json") for error in problem.errors],
        **(problem.members.model_dump(mode="json") if problem.members else {}),
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
    """Register the exception handlers with an app."""
    handlers: dict[Any, Any] = {
        Problem: _handle_problem,
        HTTPException: _handle_http_exception,
        RequestValidationError: _handle_validation_error,
        psycopg.Error: _handle_database_error,
        sqlalchemy.exc.DBAPIError: _handle_database_error,
        sqlalchemy.exc.TimeoutError: _handle_database_error,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, handler)


async def _handle_problem(request: Request, problem: Problem) -> Response:
    return problem_response(problem, request.scope)


async def _handle_http_exception(request: Request, error: HTTPException) -> Response:
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        return problem_response(problems.MethodNotAllowed(headers={"Allow": _allowed_methods(request)}), request.scope)
    fallback = problems.Malformed if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR else InternalError
    return problem_response(_PROBLEM_BY_STATUS.get(error.status_code, fallback)(), request.scope)


async def refuse_method(_request: Request) -> Response:
    """Refuse a method that a path does not support."""
    raise HTTPException(HTTPStatus.METHOD_NOT_ALLOWED)


def _allowed_methods(request: Request) -> str:
    """Return the methods of all routes of this path; the framework names only those of the first route."""
    matching = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    matching = [route for route in matching if route.path == request.url.path] or matching
    matching = [route for route in matching if route.endpoint is not refuse_method]
    methods = {method for route in matching for method in getattr(route, "methods", None) or ()}
    return ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))


async def _handle_validation_error(request: Request, error: RequestValidationError) -> Response:
    return problem_response(validation.validation_problem(error.errors(), request.scope.get("route")), request.scope)


async def _handle_database_error(request: Request, error: Exception) -> Response:
    """Answer 503 for a failure that passes; raise a fault of our own statement."""
    failure = passing_failure(error)
    if failure is None:
        raise error
    cause = error.orig if isinstance(error, sqlalchemy.exc.DBAPIError) else error
    _log.warning("database_unavailable", error=type(cause).__name__, sqlstate=getattr(cause, "sqlstate", None))
    return problem_response(Overloaded(headers={"Retry-After": str(failure.retry_after_s)}), request.scope)
