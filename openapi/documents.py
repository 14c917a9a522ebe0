"""The OpenAPI documents, generated from the services' routes."""

from collections.abc import Iterator
from importlib import import_module
from typing import Final

from fastapi.openapi.utils import get_openapi

from openapi import operations, schemas
from openapi.enumerations import publish_enumerations
from openapi.problem_responses import problem_schemas
from openapi.recorded import add_examples, problem_examples
from openapi.schemas import JsonObject
from openapi.tags import TAGS
from shared.app import VERSION
from shared.clock import Clock
from shared.database.database import Database
from shared.settings import SERVICES, Settings

_UNUSED_DATABASE: Final = "postgresql://nobody@127.0.0.1:1/nothing"  # nothing connects before an app starts
_ABOUT: Final = {
    "gigacity": "All services at one address.",
    "identity": "Access tokens, the keys that verify them, and the calling client.",
    "ingest": "Pushes of counts and registers, imports, findings and submissions.",
    "indicators": "Indicators, the summary, reports, and the catalogue of codes.",
    "cases": "The registry of a campaign: application cases, difficulties, action items.",
}
_CONVENTIONS: Final = (
    "Months are written `2022-08`, timestamps follow RFC 3339, codes are strings."
    " Response fields are always present and null when unknown; new enumeration values may be added."
    " Errors are RFC 9457 problems; `title` and `detail` follow `Accept-Language` (zh or en)."
    " Unknown query parameters and body fields are rejected."
    " A filter with several values is repeated: `state=open&state=returned` finds what has either."
)
_CONTACT: Final = {"name": "The operator of this installation"}
_LICENCE: Final = {"name": "All rights reserved", "identifier": "LicenseRef-Gigacity"}


def all_documents() -> dict[str, JsonObject]:
    """Return all documents by file name, the merged one first."""
    parts = {service: document(service) for service in SERVICES}
    return {"gigacity": merged(parts), **parts}


def document(service: str) -> JsonObject:
    """Return the document of one service."""
    settings = Settings(mode="test")
    app = import_module(f"services.{service}.app").create(
        settings, Database(_UNUSED_DATABASE, application_name="openapi"), Clock()
    )
    raw = get_openapi(
        title=f"Gigacity {service}",
        version=VERSION,
        description=f"{_ABOUT[service]}\n\n{_CONVENTIONS}",
        routes=app.routes,
        contact=_CONTACT,
        license_info=_LICENCE,
        servers=[{"url": "/"}],
        separate_input_output_schemas=False,
    )
    return _finished(raw)


def merged(parts: dict[str, JsonObject]) -> JsonObject:
    """Merge several documents into one. Raises ValueError if two of them describe a path or a name differently."""
    first = next(iter(parts.values()))
    whole: JsonObject = {
        **first,
        "info": {**first["info"], "title": "Gigacity", "description": f"{_ABOUT['gigacity']}\n\n{_CONVENTIONS}"},
        "paths": {},
        "components": {},
    }
    for service, part in parts.items():
        _merge(whole["paths"], part["paths"], service)
        for kind, named in part["components"].items():
            _merge(whole["components"].setdefault(kind, {}), named, service)
    return _ordered(whole)


def _merge(into: JsonObject, named: JsonObject, service: str) -> None:
    for name, value in named.items():
        if into.setdefault(name, value) != value:
            message = f"{service} describes {name} differently from another service: give it a name of its own"
            raise ValueError(message)


def _finished(raw: JsonObject) -> JsonObject:
    paths = {path: dict(sorted(methods.items())) for path, methods in raw["paths"].items()}
    for path, methods in paths.items():
        for operation in methods.values():
            operations.finish(operation)
            add_examples(path, operation)
    components: dict[str, JsonObject] = raw["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        components.pop(name, None)
    components |= problem_schemas(operation for methods in paths.values() for operation in methods.values())
    for media in _written_bodies(paths):
        media["schema"] = schemas.name_titled(media["schema"], components)
    requests, responses = _request_and_response_schemas(paths)
    request_names = set().union(*(schemas.referenced_names(schema, components) for schema in requests))
    for name, schema in components.items():
        schemas.apply_everywhere(schema, schemas.tidy)
        if name not in request_names:
            schemas.apply_everywhere(schema, schemas.require_all)
    for schema in requests + responses:
        schemas.apply_everywhere(schema, schemas.tidy)
    publish_enumerations(components, requests, responses)
    for schema in components.values():
        schemas.describe_properties(schema)
    pages = {name: components.pop(name) for name in [*components] if schemas.is_page(components[name])}
    for schema in (*responses, *components.values()):
        schemas.apply_everywhere(schema, lambda part: schemas.write_in_place(part, pages))
    finished = {
        **raw,
        "paths": paths,
        "components": {
            "schemas": components,
            "examples": problem_examples([operation for methods in paths.values() for operation in methods.values()]),
            "headers": operations.HEADERS,
            "securitySchemes": operations.SECURITY_SCHEMES,
        },
    }
    return _ordered(finished)


def _written_bodies(paths: JsonObject) -> Iterator[JsonObject]:
    """Yield the bodies whose schemas are written by hand, because the endpoint reads a stream."""
    for operation in (operation for methods in paths.values() for operation in methods.values()):
        for media in operation.get("requestBody", {}).get("content", {}).values():
            if "$ref" not in media["schema"]:
                yield media


def _request_and_response_schemas(paths: JsonObject) -> tuple[list[JsonObject], list[JsonObject]]:
    in_requests: list[JsonObject] = []
    in_responses: list[JsonObject] = []
    for operation in (operation for methods in paths.values() for operation in methods.values()):
        in_requests += [media["schema"] for media in operation.get("requestBody", {}).get("content", {}).values()]
        in_requests += [parameter["schema"] for parameter in operation.get("parameters", [])]
        for response in operation["responses"].values():
            in_responses += [media["schema"] for media in response.get("content", {}).values() if "schema" in media]
    return in_requests, in_responses


def _ordered(whole: JsonObject) -> JsonObject:
    components = {kind: dict(sorted(named.items())) for kind, named in sorted(whole["components"].items())}
    paths = dict(sorted(whole["paths"].items()))
    used = {tag for methods in paths.values() for operation in methods.values() for tag in operation["tags"]}
    return {
        **{key: whole[key] for key in ("openapi", "info", "servers")},
        "tags": [{"name": name, "description": description} for name, description in TAGS.items() if name in used],
        "paths": paths,
        "components": components,
    }
