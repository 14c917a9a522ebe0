"""Published operations: summary and description, roles, problems and headers."""

from typing import Final

from openapi.problem_responses import add_problem_responses
from openapi.schemas import JsonObject, without_null
from shared.access import policy

SECURITY_SCHEMES: Final[JsonObject] = {
    "client_credentials": {
        "type": "oauth2",
        "description": "A client id and its secret are exchanged for an access token that is valid for ten minutes.",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth2/token", "scopes": {}}},
    },
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "An access token from `/oauth2/token`.",
    },
}
HEADERS: Final[JsonObject] = {
    "X-Request-Id": {
        "description": "Request id: the one that was sent, or a new one. The `instance` of a problem ends with it.",
        "schema": {"type": "string"},
    },
    "ETag": {"description": "Entity tag; it changes whenever the bytes of the response change.", "schema": {"type": "string"}},
    "Location": {
        "description": "URL at which what was created is read: its own, or that of a list that has it.",
        "schema": {"type": "string"},
    },
    "Retry-After": {"description": "Seconds to wait before trying again.", "schema": {"type": "integer", "format": "int64"}},
    "Idempotency-Replayed": {
        "description": "`true` if the response is that of an earlier request with the same key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
}

_REACHES: Final[dict[policy.Reach, str]] = {
    "own": "the caller's organisation",
    "campaign": "all organisations of the campaign",
}


def finish(operation: JsonObject) -> None:
    """Bring one operation, as FastAPI describes it, into its published form.

    The first line of the endpoint's docstring is the summary, the paragraphs after it are the description.
    """
    summary, _, description = operation.pop("description", "").partition("\n")
    operation["summary"] = summary.rstrip(".")
    if description.strip():
        operation["description"] = description.strip()
    _finish_responses(operation)
    _finish_parameters(operation)
    _finish_security(operation)
    _finish_headers(operation)


def _finish_parameters(operation: JsonObject) -> None:
    for parameter in operation.get("parameters", []):
        schema = without_null(parameter["schema"])
        schema.pop("title", None)
        schema.pop("description", None)
        if schema.get("type") == "integer":
            schema.setdefault("format", "int64")
        if parameter.get("required") and (examples := schema.pop("examples", None)):
            parameter["example"] = examples[0]  # the pages fill in `example`; what is optional they leave empty
        if parameter["name"] == "limit":
            schema.pop("default")  # the pages would send it, also for a table, which has all rows
        if parameter["name"] == "If-Match" and "428" in operation["responses"]:
            parameter["required"] = True
        parameter["schema"] = schema


def _finish_responses(operation: JsonObject) -> None:
    add_problem_responses(operation)
    for response in operation["responses"].values():
        if response["description"] == "Successful Response":
            response["description"] = "Success."
    operation["responses"] = dict(sorted(operation["responses"].items()))


def _finish_security(operation: JsonObject) -> None:
    roles = policy.GRANTS.get(operation["operationId"])
    if roles is None:
        operation["security"] = []
    else:
        operation["security"] = [{name: []} for name in SECURITY_SCHEMES]
        operation["x-roles"] = {role.value: reach for role, reach in roles.items()}
    operation["description"] = "\n\n".join(filter(None, (operation.get("description"), _callers(roles))))


def _callers(roles: policy.Grant | None) -> str:
    if roles is None:
        return "Needs no token."
    by_reach = {reach: [f"`{role.value}`" for role in roles if roles[role] == reach] for reach in _REACHES}
    parts = [f"{', '.join(names)} ({_REACHES[reach]})" for reach, names in by_reach.items() if names]
    return f"May be called by {'; '.join(parts)}."


def _finish_headers(operation: JsonObject) -> None:
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
        not_modified = {"description": "Not modified.", "headers": {"ETag": {"$ref": "#/components/headers/ETag"}}}
        operation["responses"] = dict(sorted({"304": not_modified, **operation["responses"]}.items()))
