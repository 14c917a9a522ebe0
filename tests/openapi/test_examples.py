"""Every example in the OpenAPI files is sent, and every answer has the shape that the files promise."""

import re
from collections.abc import Iterator
from typing import Any, Final

import jsonschema_rs
import pytest
import pytest_asyncio
from httpx import AsyncClient, Response

from shared.vocabulary import Role
from tests.fixtures_api import Bearer
from tests.fixtures_campaign import Campaigns
from tests.openapi_document import openapi_document

Json = dict[str, Any]

WHOLE: Final[Json] = openapi_document()
FORM: Final = "application/x-www-form-urlencoded"
EXCLUSIVE: Final = {
    name: [{"month"}, {"from", "to"}] for name in ("get_summary", "list_observations")
}  # examples that are not for one request


def operations() -> Iterator[tuple[str, str, Json]]:
    for path, methods in WHOLE["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def resolved(schema: Json) -> Json:
    name = schema.get("$ref", "").rsplit("/", 1)[-1]
    return WHOLE["components"]["schemas"][name] if name else schema


def bodies(operation: Json) -> Iterator[tuple[str, Any]]:
    """Every example of a request body, with its media type."""
    for media, body in operation.get("requestBody", {}).get("content", {}).items():
        yield from ((media, named["value"]) for named in body.get("examples", {}).values())
        yield from ((media, body[key]) for key in ("example",) if key in body)
        yield from ((media, example) for example in resolved(body["schema"]).get("examples", []))


WITH_BODY: Final = [
    pytest.param(method, path, operation, media, body, id=f"{operation['operationId']}-{number}")
    for method, path, operation in operations()
    for number, (media, body) in enumerate(bodies(operation))
]
READING: Final = [
    pytest.param(path, operation, group, id="-".join([operation["operationId"], *sorted(group)]))
    for method, path, operation in operations()
    if method == "get"
    for group in EXCLUSIVE.get(operation["operationId"], [set[str]()])
]

UNIQUE_READING: Final = [
    pytest.param(path, operation, id=operation["operationId"]) for method, path, operation in operations() if method == "get"
]


class Office:
    """Knows what an example is about: makes the thing, and asks as an organisation that may."""

    def __init__(self, api: AsyncClient, bearer: Bearer, campaigns: Campaigns) -> None:
        """All services, with tokens and secrets."""
        self.api, self.bearer, self.campaigns = api, bearer, campaigns
        self.ids: dict[str, str] = {}

    async def prepare(self) -> None:
        """Make one of each thing that has an id: a push, a case."""
        push = WHOLE["paths"]["/v1/observations"]["post"]
        _, body = next(bodies(push))
        wrong = {
            "metric": "no_such_metric",
            "area": "liangjiang",
            "month": "2022-08",
            "value": 1,
        }
        body = {"observations": [*body["observations"], wrong]}
        partial = {"mode": "partial"}
        pushed = await self.api.post("/v1/observations", json=body, params=partial, headers=self.bearer("telecom"))
        for org, register in (("economy", "key_places"), ("kangmei", "compounds")):  # what carriers' registers refer to
            path = f"/v1/registers/{register}/rows"
            _, body = next(bodies(WHOLE["paths"][path]["post"]))
            await self.api.post(path, json=body, headers=self.bearer(org))
        self.ids["imports"] = pushed.headers["location"].rsplit("/", 1)[1]
        self.ids["cases"] = await self.submitted_case()
        self.ids["comment"] = await self.comment()
        self.ids["findings"] = await self.finding()
        self.ids["reminders"] = await self.logged_reminder()

    async def finding(self) -> str:
        """The id of a finding that telecom may explain: its users have doubled since May."""
        for month, users in (("2022-05", 1_000), ("2022-06", 2_000)):
            row = {"metric": "mobile_subs_total", "area": "liangjiang", "month": month, "value": users}
            pushed = await self.api.post("/v1/observations", json={"observations": [row]}, headers=self.bearer("telecom"))
        return str(pushed.json()["report"]["findings"][0]["id"])

    async def logged_reminder(self) -> str:
        """The id of a reminder that was logged."""
        _, body = next(bodies(WHOLE["paths"]["/v1/reminders/sent"]["post"]))
        logged = await self.api.post("/v1/reminders/sent", json=body, headers=self.bearer("economy"))
        return str(logged.json()["id"])

    async def submitted_case(self) -> str:
        """The id of a new case that waits for the task force."""
        _, body = next(bodies(WHOLE["paths"]["/v1/cases"]["post"]))
        title = f"{body['title']} {len(self.ids)}"
        filed = await self.api.post("/v1/cases", json={**body, "title": title}, headers=self.bearer("telecom"))
        moved = await self.api.post(
            f"{filed.headers['location']}/moves",
            json={"move": "submit"},
            headers={**self.bearer("telecom"), "if-match": filed.headers["etag"]},
        )
        return str(moved.json()["id"])

    async def draft_case(self) -> str:
        """The id of a new case that its organisation may edit."""
        _, body = next(bodies(WHOLE["paths"]["/v1/cases"]["post"]))
        filed = await self.api.post("/v1/cases", json=body, headers=self.bearer("telecom"))
        return str(filed.json()["id"])

    async def comment(self) -> str:
        """The id of telecom's comment on its case."""
        path = f"/v1/cases/{self.ids['cases']}/comments"
        _, body = next(bodies(WHOLE["paths"]["/v1/cases/{id}/comments"]["post"]))
        return str((await self.api.post(path, json=body, headers=self.bearer("telecom"))).json()["id"])

    async def submitted_month(self, operation: Json) -> None:
        """Telecom's August, submitted; with a request for reopening it, unless that is what is to be made."""
        month, headers = "/v1/submissions/telecom/2022-08", self.bearer("telecom")
        read = await self.api.get(month, headers=headers)
        signed = {"content_hash": read.json()["content_hash"], "attested_by": {"name": "李四", "title": "副总经理"}}
        tagged = {**headers, "if-match": read.headers["etag"]}
        await self.api.post(f"{month}/moves", json={"move": "submit", **signed}, headers=tagged)
        if operation["operationId"] != "create_reopening":
            _, body = next(bodies(WHOLE["paths"]["/v1/submissions/{org}/{month}/reopenings"]["post"]))
            asked = await self.api.post(f"{month}/reopenings", json=body, headers=headers)
            self.ids["submissions"] = asked.headers["location"].rsplit("/", 1)[1]

    async def issued_report(self) -> None:
        """The report of August."""
        _, body = next(bodies(WHOLE["paths"]["/v1/reports"]["post"]))
        await self.api.post("/v1/reports", json=body, headers=self.bearer("industry", Role.TASK_FORCE))

    def asking(self, operation: Json, preferred: str = "") -> dict[str, str]:
        """The headers of the preferred role or else of the first one that may, telecom's where a carrier may."""
        roles = sorted(operation.get("x-roles", {}), key=lambda role: role != preferred)
        if not roles:
            return {}
        orgs = {"carrier": "telecom", "street": "kangmei", "bureau": "economy", "leader": "leading_group"}
        org = orgs.get(roles[0], "industry")
        return self.bearer(org, Role(roles[0]))

    def address(self, path: str, operation: Json) -> str:
        """The path with the ids and examples of its parameters."""
        examples = {one["name"]: one.get("example") for one in operation.get("parameters", []) if one["in"] == "path"}
        own = self.ids.get(path.split("/")[2], "")
        return re.sub(r"\{(\w+)\}", lambda found: str(examples.get(found[1]) or self.ids.get(found[1]) or own), path)

    def with_real_secret(self, form: dict[str, str]) -> dict[str, str]:
        """A token request's example, its placeholder filled in."""
        client = next(one for one in self.campaigns.clients.values() if one.client_id == form["client_id"])
        return {**form, "client_secret": client.secret}


@pytest_asyncio.fixture
async def office(api: AsyncClient, bearer: Bearer, campaigns: Campaigns) -> Office:
    office = Office(api, bearer, campaigns)
    await office.prepare()
    return office


def promised(answer: Response, operation: Json) -> Json:
    """The schema that the files promise for this answer. Fails where they promise none."""
    response = operation["responses"].get(str(answer.status_code)) or operation["responses"]["default"]
    media = answer.headers["content-type"].split(";")[0]
    schema: Json = response["content"][media]["schema"]
    return schema


def faults(answer: Response, operation: Json) -> list[str]:
    schema = {**promised(answer, operation), "components": WHOLE["components"]}
    validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    is_json = answer.headers["content-type"].endswith("json")
    content = answer.json() if is_json else answer.text
    return [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(content)]


@pytest.mark.parametrize(("method", "path", "operation", "media", "body"), WITH_BODY)
async def test_an_example_of_a_request_is_taken(
    office: Office, method: str, path: str, operation: Json, media: str, body: Any
) -> None:
    headers = office.asking(operation)
    if operation["operationId"] == "edit_case":
        office.ids["cases"] = await office.draft_case()
    if operation["operationId"] == "move_case":
        headers = office.bearer("industry", Role.TASK_FORCE)
    if operation["operationId"] in ("edit_case", "move_case"):
        current = await office.api.get(f"/v1/cases/{office.ids['cases']}", headers=headers)
        headers["if-match"] = current.headers["etag"]
    if "/reopenings" in path:
        await office.submitted_month(operation)
    if operation["operationId"] == "move_reopening":
        headers = office.bearer("industry", Role.TASK_FORCE)
        current = await office.api.get(office.address(path, operation).removesuffix("/moves"), headers=headers)
        headers["if-match"] = current.headers["etag"]
    if "/acknowledgements" in path:
        await office.issued_report()
    payload: Any = {"data": office.with_real_secret(body)} if media == FORM else {"json": body}

    answer = await office.api.request(method, office.address(path, operation), headers=headers, **payload)

    assert answer.status_code in (200, 201), answer.text
    assert faults(answer, operation) == []


@pytest.mark.parametrize(("path", "operation", "group"), READING)
async def test_what_is_read_has_the_promised_shape(office: Office, path: str, operation: Json, group: set[str]) -> None:
    if "/reopenings" in path:
        await office.submitted_month(operation)
    if "/reports" in path:
        await office.issued_report()
    shown = {
        one["name"]: one.get("example") or one["schema"]["examples"][0]
        for one in operation.get("parameters", [])
        if one["in"] == "query" and ("example" in one or "examples" in one["schema"])
    }
    query = {name: example for name, example in shown.items() if not group or name in group}

    answer = await office.api.get(office.address(path, operation), params=query, headers=office.asking(operation))

    assert answer.status_code == 200, answer.text
    assert faults(answer, operation) == []


@pytest.mark.parametrize(("path", "operation"), UNIQUE_READING)
async def test_what_the_pages_fill_in_is_enough_to_read(office: Office, path: str, operation: Json) -> None:
    if "/reopenings" in path:
        await office.submitted_month(operation)
    if "/reports" in path:
        await office.issued_report()
    filled_in = {
        one["name"]: one.get("example", one["schema"].get("default"))
        for one in operation.get("parameters", [])
        if one["in"] == "query" and ("example" in one or "default" in one["schema"])
    }

    caller = office.asking(operation) if "/templates/" in path else office.asking(operation, "bureau")  # a form has a sender
    answer = await office.api.get(office.address(path, operation), params=filled_in, headers=caller)

    assert answer.status_code == 200, answer.text
    assert faults(answer, operation) == []


@pytest.mark.parametrize("path", ["/v1/cases", "/v1/summary", "/v1/observations", "/v1/me"])
async def test_a_refusal_has_the_promised_shape(office: Office, path: str) -> None:
    operation = WHOLE["paths"][path]["get"]
    without_token = await office.api.get(path)
    unknown = await office.api.get(f"{path}?mnth=2022-08", headers=office.bearer("economy"))

    assert (without_token.status_code, unknown.status_code) == (401, 422)
    assert faults(without_token, operation) + faults(unknown, operation) == []


def test_every_body_of_json_shows_an_example() -> None:
    shown = {operation["operationId"] for _, _, operation in operations() if any(True for _ in bodies(operation))}
    taken = {
        operation["operationId"]
        for _, _, operation in operations()
        if operation.get("requestBody", {}).get("content", {}).keys() & {"application/json", FORM}
    }

    assert taken - shown == {"move_submission"}  # its examples need the hash of counts: tests of ingest send them
