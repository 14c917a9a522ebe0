"""Sends requests of the OpenAPI files and keeps their answers as examples."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

import httpx
import jsonschema_rs

from cli.demo.demo_client import DemoCaller, DemoClient
from cli.postgres.database_urls import DatabaseUrls
from openapi.problem_responses import DOCUMENTS
from openapi.recorded import collection
from openapi.schemas import REFERENCE
from shared.problems import CODES, MEDIA_TYPE, ProblemDocument
from shared.values import media_types
from shared.vocabulary import Role
from tests.openapi_document import openapi_document

Json = dict[str, Any]
FORM: Final = "application/x-www-form-urlencoded"
TEXTS: Final = (media_types.JSON, media_types.CSV, media_types.NDJSON)
"""Media types of answers that have examples; files of other types have none."""
CAMPAIGN: Final = "liangjiang-2022"
READERS: Final = (("economy", Role.BUREAU), ("telecom", Role.CARRIER))  # a template has a sender

_ITEMS_MAX: Final = 2
_TABLE_LINES_MAX: Final = 3
_VOLATILE: Final = {
    "instance": "/requests/01831086-9900-7000-8000-0000000003e8",
    "access_token": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJpc3MiOiJodHRwOi8vbG9jYWxob3N0OjgwMDAifQ.c2lnbmF0dXJl",
    "kid": "DKNnwcglny3U72R7W94z-0XQfm1bHMrGttQOYyOUYeQ",
    "x": "67tfWgwGSnZPTaj-EwprSFpLZPnxqUe4yzpIwmWtocs",
    "y": "D7Km4sEJ3FCe5RoijSK4HXzNvg5bHD4M8PfOneUNGoI",
}
"""Members whose values differ in each run, with the value that the examples have."""
_OPERATOR: Final = re.compile(r"^operator:.*")


@dataclass(frozen=True)
class Operation:
    """One operation of the OpenAPI files."""

    id: str
    method: str
    path: str
    document: Json

    @property
    def texts(self) -> Iterator[tuple[str, str]]:
        """Status and media type of each answer that is a text, except problems."""
        for status, response in self.document["responses"].items():
            yield from ((status, media) for media in response.get("content", {}) if media in TEXTS)

    def filled_in(self, place: str) -> Json:
        """Return what the API pages fill in for parameters in this place: examples, or else defaults."""
        parameters = [one for one in self.document.get("parameters", []) if one["in"] == place]
        values = {one["name"]: one.get("example", one["schema"].get("default")) for one in parameters}
        return {name: value for name, value in values.items() if value is not None}

    @property
    def bodies(self) -> list[tuple[str, Any]]:
        """Every example of a request body, with its media type."""
        found: list[tuple[str, Any]] = []
        for media, body in self.document.get("requestBody", {}).get("content", {}).items():
            named = [one["value"] for one in body.get("examples", {}).values()]
            schema = _resolved(body["schema"])
            single = [body["example"]] if "example" in body else []
            found += [(media, value) for value in [*named, *single, *schema.get("examples", [])]]
        return found


@cache
def operations() -> dict[str, Operation]:
    """Return all operations by id."""
    return {
        document["operationId"]: Operation(document["operationId"], method, path, document)
        for path, methods in openapi_document()["paths"].items()
        for method, document in methods.items()
    }


def _resolved(schema: Json) -> Json:
    name = schema.get("$ref", "").removeprefix(REFERENCE)
    resolved: Json = openapi_document()["components"]["schemas"][name] if name else schema
    return resolved


@dataclass
class Recorder:
    """The demo's clients, and the examples from their requests so far."""

    client: DemoClient
    http: httpx.Client
    urls: DatabaseUrls
    answers: dict[str, Json] = field(default_factory=dict)  # by operation, status and media type
    problems: Json = field(default_factory=dict)  # by code
    ids: dict[str, str] = field(default_factory=dict)  # of a resource of each collection, by path
    bodies: list[tuple[str, Any]] = field(default_factory=list)  # operation and body of each request that succeeded

    def caller(self, operation: Operation, org: str | None, role: Role | None) -> DemoCaller:
        """Return the organisation's first role that may call the operation, or that of the first reader who may."""
        allowed = operation.document["x-roles"]
        known = [(CAMPAIGN, org, each) for each in Role] if org else [(CAMPAIGN, *reader) for reader in READERS]
        return next(one for one in known if one in self.client.clients and one[2] in allowed and role in (None, one[2]))

    def send(
        self,
        name: str,
        org: str | None = None,
        role: Role | None = None,
        *,
        path: Mapping[str, Any] | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        form: Mapping[str, str] | None = None,
        media: str = media_types.JSON,
        http: httpx.Client | None = None,
    ) -> httpx.Response:
        """Send a request as an organisation, with the path of the examples, and record its answer."""
        operation = operations()[name]
        names = re.findall(r"{(\w+)}", operation.path)
        noted = {one: self.ids[listed] for one in names if (listed := collection(operation.path, one)) in self.ids}
        known = {**operation.filled_in("path"), **noted, **(path or {})}
        token = self.client.bearer(self.caller(operation, org, role)) if "x-roles" in operation.document else {}
        content = json.dumps(body, ensure_ascii=False).encode() if isinstance(body, dict) else body
        answer = (http or self.http).request(
            operation.method,
            operation.path.format(**known),
            params=query,
            headers={**token, **({"Content-Type": media} if content else {}), **(headers or {})},
            content=content,
            data=form,
        )
        assert faults(operation, answer) == [], f"{name}: {answer.status_code} {answer.text[:2000]}"
        self.record(operation, answer)
        if answer.is_success and body is not None:
            self.bodies.append((name, body))
        return answer

    def ok(self, name: str, org: str | None = None, role: Role | None = None, /, **request: Any) -> httpx.Response:
        """Send a request that succeeds."""
        answer = self.send(name, org, role, **request)
        assert answer.is_success, f"{name}: {answer.status_code} {answer.text}"
        return answer

    def refused(
        self, code: str, name: str, org: str | None = None, role: Role | None = None, /, **request: Any
    ) -> httpx.Response:
        """Send a request that is refused with this problem."""
        answer = self.send(name, org, role, **request)
        assert answer.headers["Content-Type"] == MEDIA_TYPE, f"{name}: {answer.status_code} {answer.text[:2000]}"
        assert answer.json()["code"] == code, f"{name}: {answer.text}"
        return answer

    def record(self, operation: Operation, answer: httpx.Response) -> None:
        """Keep an answer as an example, unless there is one of its kind."""
        media = answer.headers.get("Content-Type", "").partition(";")[0]
        of_status = self.answers.setdefault(operation.id, {}).setdefault(str(answer.status_code), {})
        if media == MEDIA_TYPE:
            problem = stable(answer.json())
            shared = self.problems.setdefault(problem["code"], problem)
            if DOCUMENTS[problem["code"]] is not ProblemDocument and problem != shared:
                of_status.setdefault(media, {}).setdefault(problem["code"], problem)
        elif media in TEXTS and not _is_empty(operation, answer, media):
            of_status.setdefault(media, stable(answer.json()) if media == media_types.JSON else _first_lines(answer))

    @property
    def examples(self) -> Json:
        """The examples as `openapi/examples.json` has them."""
        answers = {name: {status: texts for status, texts in its.items() if texts} for name, its in self.answers.items()}
        return {"answers": {name: its for name, its in answers.items() if its}, "ids": self.ids, "problems": self.problems}


def faults(operation: Operation, answer: httpx.Response) -> list[str]:
    """Return how an answer differs from what the OpenAPI files promise."""
    responses, media = operation.document["responses"], answer.headers.get("Content-Type", "").partition(";")[0]
    response = responses.get(str(answer.status_code), responses["default"])
    if media not in response["content"]:
        return [f"{media} is not declared"]
    if media not in (media_types.JSON, MEDIA_TYPE):
        return []
    document = answer.json()
    if media == MEDIA_TYPE and document["code"] not in response[CODES]:
        return [f"{document['code']} is not declared"]
    return schema_faults(response["content"][media]["schema"], document)


def schema_faults(schema: Json, document: Any) -> list[str]:
    """Return how a document differs from a schema."""
    return [f"{error.instance_path}: {error.message}" for error in _validator(json.dumps(schema)).iter_errors(document)]


@cache
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    whole = {**json.loads(schema), "components": openapi_document()["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def stable(value: Any, name: str = "") -> Any:
    """Return an answer as an example: at most two items of each list, and fixed values for those that differ in each run."""
    if isinstance(value, dict):
        return {key: stable(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [stable(inner) for inner in value[:_ITEMS_MAX]]
    return _VOLATILE.get(name) or _OPERATOR.sub("operator:admin", value) if isinstance(value, str) else value


def _first_lines(answer: httpx.Response) -> str:
    """Return the first lines of a table, without its byte-order mark, which cannot be seen."""
    return "".join(answer.text.removeprefix("\ufeff").splitlines(keepends=True)[:_TABLE_LINES_MAX])


def _is_empty(operation: Operation, answer: httpx.Response, media: str) -> bool:
    """Return true for a list without items, and for its table: they show nothing."""
    if media == media_types.JSON:
        return bool(answer.json().get("items") == [])
    has_columns = "x-columns" in operation.document["responses"]["200"]["content"][media]
    return has_columns and len(answer.text.splitlines()) == 1
