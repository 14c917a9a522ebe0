"""The OpenAPI documents, made from the services' own routes."""

from importlib import import_module
from typing import Any, Final

from fastapi.openapi.utils import get_openapi

from openapi import operations, schemas
from openapi.schemas import REFERENCE
from shared.app import VERSION
from shared.clock import Clock
from shared.database.database import Database
from shared.problems import catalogue
from shared.settings import SERVICES, Settings

Json = dict[str, Any]

_NOWHERE: Final = "postgresql://nobody@127.0.0.1:1/nothing"  # nothing connects before an app starts
_ABOUT: Final = {
    "gigacity": "All services behind one address.",
    "identity": "Access tokens, the keys that verify them, and who one is.",
    "ingest": "Pushing a month's counts, and what became of each push.",
    "indicators": "Indicators, the summary of a month, and the catalogue of codes.",
    "cases": "Application cases, from draft to approval.",
}
_CONVENTIONS: Final = (
    "Months are `2022-08`, instants RFC 3339, codes text."
    " Answers' fields are always present, null when unknown; enumerations may grow."
    " Errors are RFC 9457 problems, whose `title` and `detail` follow `Accept-Language` (zh or en)."
    " Unknown query parameters and body fields are refused."
)


def all_documents() -> dict[str, Json]:
    """Every document by its file's name, the merged one first."""
    parts = {service: document(service) for service in SERVICES}
    return {"gigacity": merged(parts), **parts}


def document(service: str) -> Json:
    """The document of one service."""
    settings = Settings(mode="test")
    app = import_module(f"services.{service}.app").create(settings, Database(_NOWHERE, application_name="openapi"), Clock())
    raw = get_openapi(
        title=f"Gigacity {service}",
        version=VERSION,
        description=f"{_ABOUT[service]}\n\n{_CONVENTIONS}",
        routes=app.routes,
        servers=[{"url": "/"}],
        separate_input_output_schemas=False,
    )
    return _finished(raw)


def merged(parts: dict[str, Json]) -> Json:
    """One document of several. Raises ValueError where two describe one path or name differently."""
    whole: Json = {
        **next(iter(parts.values())),
        "info": {"title": "Gigacity", "version": VERSION, "description": f"{_ABOUT['gigacity']}\n\n{_CONVENTIONS}"},
        "paths": {},
        "components": {},
    }
    for service, part in parts.items():
        _merge(whole["paths"], part["paths"], service)
        for kind, named in part["components"].items():
            _merge(whole["components"].setdefault(kind, {}), named, service)
    return _ordered(whole)


def _merge(into: Json, named: Json, service: str) -> None:
    for name, value in named.items():
        if into.setdefault(name, value) != value:
            message = f"{service} describes {name} differently from another service: give it a name of its own"
            raise ValueError(message)


def _finished(raw: Json) -> Json:
    paths = {path: dict(sorted(methods.items())) for path, methods in raw["paths"].items()}
    for methods in paths.values():
        for operation in methods.values():
            operations.finish(operation)
    components: dict[str, Json] = raw["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        components.pop(name, None)
    asked, answered = _bodies(paths)
    of_requests = set().union(*(schemas.names_within(schema, components) for schema in asked))
    for name, schema in components.items():
        schemas.everywhere(schema, schemas.tidy)
        if name not in of_requests:
            schemas.everywhere(schema, schemas.require_all)
    for schema in asked + answered:
        schemas.everywhere(schema, schemas.tidy)
    schemas.describe_terms(components)
    _describe_codes(components)
    finished = {
        **raw,
        "paths": paths,
        "components": {
            "schemas": components,
            "headers": operations.HEADERS,
            "securitySchemes": operations.SECURITY_SCHEMES,
        },
    }
    return _ordered(_renamed(finished, {name: _plain(name) for name in components}))


def _bodies(paths: Json) -> tuple[list[Json], list[Json]]:
    """The schemas of what operations take and of what they answer."""
    every = [operation for methods in paths.values() for operation in methods.values()]
    asked = [body["schema"] for one in every for body in one.get("requestBody", {}).get("content", {}).values()]
    responses = [response for one in every for response in one["responses"].values()]
    answered = [body["schema"] for response in responses for body in response.get("content", {}).values() if "schema" in body]
    parameters = [parameter["schema"] for one in every for parameter in one.get("parameters", [])]
    return asked + parameters, answered


def _plain(name: str) -> str:
    """`Page_CaseLine_` is a `CaseLinePage`."""
    return f"{name[5:-1]}Page" if name.startswith("Page_") and name.endswith("_") else name


def _renamed(value: Any, names: dict[str, str]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        found = {names.get(key, key) if key in names else key: _renamed(inner, names) for key, inner in value.items()}
        reference = found.get("$ref")
        if isinstance(reference, str) and reference.startswith(REFERENCE):
            found["$ref"] = REFERENCE + names[reference.removeprefix(REFERENCE)]
        return found
    return [_renamed(inner, names) for inner in value] if isinstance(value, list) else value


def _describe_codes(components: dict[str, Json]) -> None:
    """List the codes of problems where their document is described."""
    code = components["ProblemDocument"]["properties"]["code"]
    lines = [f"- `{kind.code()}` ({kind.status}): {kind.title_zh} / {kind.title_en()}" for kind in catalogue()]
    code["description"] = "\n".join(["May grow.", "", *lines])


def _ordered(whole: Json) -> Json:
    components = {kind: dict(sorted(named.items())) for kind, named in sorted(whole["components"].items())}
    head = ("openapi", "info", "servers")
    return {**{key: whole[key] for key in head}, "paths": dict(sorted(whole["paths"].items())), "components": components}
