"""Published operations: who may call them, how they refuse, which headers they carry."""

from typing import Any, Final

from openapi.schemas import REFERENCE, name_of, without_null
from shared.access import policy
from shared.problems import MEDIA_TYPE

Json = dict[str, Any]

SECURITY_SCHEMES: Final[Json] = {
    "client_credentials": {
        "type": "oauth2",
        "description": "A client's name and secret give an access token of ten minutes.",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth2/token", "scopes": {}}},
    },
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token from `/oauth2/token`.",
    },
}
HEADERS: Final[Json] = {
    "X-Request-Id": {
        "description": "The request's id: the one that was sent, or a new one. Also the end of a problem's `instance`.",
        "schema": {"type": "string"},
    },
    "ETag": {"description": "Changes with the bytes of the answer.", "schema": {"type": "string"}},
    "Location": {"description": "Where the thing that was made can be read.", "schema": {"type": "string"}},
    "Retry-After": {"description": "Seconds to wait before trying again.", "schema": {"type": "integer", "format": "int64"}},
    "Idempotency-Replayed": {
        "description": "`true` where the answer is that of an earlier request with the same key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
}
_PROBLEM: Final[Json] = {"$ref": f"{REFERENCE}ProblemDocument"}
_ANY_REFUSAL: Final[Json] = {
    "description": "Any other refusal, see `problems` in `/v1/catalogue`.",
    "content": {MEDIA_TYPE: {"schema": _PROBLEM}},
}


def finish(operation: Json) -> None:
    """Bring one operation, as FastAPI describes it, into its published form.

    The first line of an endpoint's docstring is the summary, the rest the description.
    """
    summary, _, description = operation.pop("description", "").partition("\n")
    operation["summary"] = summary.rstrip(".")
    if description.strip():
        operation["description"] = description.strip()
    _finish_parameters(operation)
    _finish_refusals(operation)
    _finish_security(operation)
    _finish_headers(operation)


def _finish_parameters(operation: Json) -> None:
    for parameter in operation.get("parameters", []):
        schema = without_null(parameter["schema"])
        schema.pop("title", None)
        schema.pop("description", None)
        if schema.get("type") == "integer":
            schema.setdefault("format", "int64")
        if examples := schema.pop("examples", None):
            parameter["example"] = examples[0]
        if parameter["name"] == "If-Match" and "428" in operation["responses"]:
            parameter["required"] = True
        parameter["schema"] = schema


def _finish_refusals(operation: Json) -> None:
    responses = operation["responses"]
    for status, response in responses.items():
        content = response.get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        if name_of(schema) in ("HTTPValidationError", "ProblemDocument"):
            content[MEDIA_TYPE] = {"schema": _PROBLEM}
            del content["application/json"]
        elif status >= "4" and name_of(schema) != "TokenRefused" and "application/json" in content:
            content[MEDIA_TYPE] = content.pop("application/json")
        if response["description"] == "Successful Response":
            response["description"] = "As asked."
    if operation["operationId"] not in policy.PUBLIC:
        responses.setdefault("default", _ANY_REFUSAL)
    operation["responses"] = dict(sorted(responses.items()))


def _finish_security(operation: Json) -> None:
    roles = policy.ALLOWED.get(operation["operationId"])
    if roles is None:
        operation["security"] = []
    else:
        operation["security"] = [{name: []} for name in SECURITY_SCHEMES]
        operation["x-roles"] = {role.value: reach for role, reach in roles.items()}


def _finish_headers(operation: Json) -> None:
    sent = {parameter["name"] for parameter in operation.get("parameters", [])}
    for status, response in operation["responses"].items():
        names = {"X-Request-Id"}
        if status.startswith("2"):
            names |= {"ETag"} if sent & {"If-Match", "If-None-Match"} else set()
            names |= {"Idempotency-Replayed"} if "Idempotency-Key" in sent else set()
        names |= {"Location"} if status == "201" else set()
        names |= {"Retry-After"} if status in ("429", "503") else set()
        described = response.setdefault("headers", {})
        for name in sorted(names - set(described)):
            described[name] = {"$ref": f"#/components/headers/{name}"}
    if "If-None-Match" in sent:
        unchanged = {"description": "What you hold still stands.", "headers": {"ETag": {"$ref": "#/components/headers/ETag"}}}
        operation["responses"] = dict(sorted({"304": unchanged, **operation["responses"]}.items()))
