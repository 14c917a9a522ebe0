"""The same question about the same version has the same answer for ever, whatever happens in between."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple

import psycopg

from shared.campaign.definition import Definition
from shared.vocabulary import Role
from tests.filed_cases import file_case, revoke_case
from tests.fixtures_api import Serve
from tests.fixtures_campaign_api import CampaignApi, rows
from tests.openapi_document import openapi_document

FILES = openapi_document()
YUANYANG, CUIYUN, WHOLE = "500112007", "500112008", "liangjiang"
MONTHS = {"month": "2022-08", "from": "2022-05", "to": "2022-08"}
"""Months of operations whose parameters have no example."""
MORE = (
    ("/v1/summary", {"from": "2022-05", "to": "2022-08", "group_by": "org"}),
    ("/v1/summary/summary.ndjson", {"from": "2022-05", "to": "2022-08"}),
    ("/v1/observations", {"format": "csv"}),
    ("/v1/indicators/home_gigabit_coverage/explanation", {"month": "2022-08"}),
    ("/v1/indicators/application_cases/explanation", {"month": "2022-08"}),
    ("/v1/indicators/bs_5g_per_10k/explanation", {"month": "2022-07", "area": YUANYANG}),
    ("/v1/indicators/mobile_5g_share/series", {"from": "2022-04", "to": "2022-09", "step": "quarter"}),
    ("/v1/indicators/home_gigabit_coverage/series", {"from": "2022-06", "to": "2022-09", "area": CUIYUN}),
    ("/v1/changes", {"since": 2, "group_by": "area,org"}),
    ("/v1/changes", {"since": 3, "month": "2022-08"}),
)
"""Asked beside what the published files offer."""


class Question(NamedTuple):
    """Something to be asked as of a version."""

    path: str
    parameters: dict[str, Any]
    body: Any = None  # of what is asked by POST

    async def answer(self, practice: CampaignApi, version: int | str) -> tuple[int, str | None, bytes]:
        """The whole answer: status, tag, bytes."""
        method, parameters = "POST" if self.body else "GET", self.parameters | {"as_of": version}
        headers = practice.headers("economy")
        answer = await practice.api.request(method, self.path, params=parameters, json=self.body, headers=headers)
        return answer.status_code, answer.headers.get("ETag"), answer.content


def operations() -> Iterator[tuple[str, dict[str, Any], Any]]:
    """Yield path, description and example body of all operations of the OpenAPI files."""
    for path, methods in FILES["paths"].items():
        for operation in methods.values():
            schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            described = FILES["components"]["schemas"].get(schema.get("$ref", "").rsplit("/", 1)[-1], {})
            yield path, operation, next(iter(described.get("examples", ())), None)


def questions() -> Iterator[Question]:
    """Every question of the published files that can look back, in each breakdown and form; a new one is asked by itself."""
    for path, operation, body in operations():
        known = {one["name"]: one for one in operation.get("parameters", [])}
        if "as_of" not in known:
            continue
        filled = path.format(**{name: one["example"] for name, one in known.items() if one["in"] == "path"})
        asked = {name: one["example"] for name, one in known.items() if one.get("required") and one["in"] == "query"}
        asked |= {
            name: known[name].get("example", MONTHS[name])
            for name in (("month",) if "month" in known else ("from", "to"))
            if name in known
        }
        yield Question(filled, asked, body)
        for name in ("group_by", "format"):
            for value in known.get(name, {}).get("schema", {}).get("enum", ()):
                yield Question(filled, asked | {name: value})
    for path, asked in MORE:
        yield Question(path, asked)


def instants(practice: CampaignApi) -> dict[int, str]:
    """When each version was taken."""
    with psycopg.connect(practice.owner) as owner:
        owner.execute("SELECT gigacity_begin(%s, '*', 'campaign')", [practice.campaign])
        return {version: at.isoformat() for version, at in owner.execute("SELECT version, at FROM ledger")}


class LaterChanges:
    """Changes made after an answer was given."""

    def __init__(self, practice: CampaignApi, definition: Definition) -> None:
        """Of Liangjiang, with everything of August reported and one case approved."""
        self.practice = practice
        self.definition = definition
        self.case = ""

    async def case_is_approved(self, title: str = "智能仓库") -> None:
        """Another case counts in August."""
        earlier, self.case = self.case, await file_case(self.practice, title, "2022-08-20")
        if earlier:
            await revoke_case(self.practice, earlier, "2022-09-06")

    async def pushes_follow(self) -> None:
        """Counts are corrected, taken back, put back, refreshed at their source and reported for another month."""
        push = self.practice.push_ok
        corrected = await push("telecom", [("olt_pon_ports_10g", YUANYANG, 900), ("homes_gigabit_covered", CUIYUN, 1)])
        body, how = rows([("mobile_subs_5g", WHOLE, 1)]), {"mode": "replace", "month": "2022-08"}
        headers = self.practice.headers("mobile")
        replaced = await self.practice.api.post("/v1/observations", json=body, params=how, headers=headers)
        assert replaced.json()["report"]["counts"]["retracted"] == 1
        undone = await self.practice.api.post(f"/v1/imports/{corrected['id']}/undo", headers=self.practice.headers("telecom"))
        assert undone.status_code == 201, undone.text
        await push("economy", [("population_resident", YUANYANG, 1), ("households_urban", CUIYUN, 9)], "2022-06")
        await push("unicom", [("fbb_subs_500m", WHOLE, 1)], "2022-07")
        await push("telecom", [("olt_pon_ports_10g", YUANYANG, 901)], "2022-09")

    async def month_is_accepted(self) -> None:
        """One organisation is accepted; another, that was before, is opened again and corrects its counts."""
        await self.practice.make_moves("telecom", "submit", "accept")
        await self.practice.make_moves("unicom", "reopen", cells=[("fbb_subs_500m", WHOLE)])
        await self.practice.push_ok("unicom", [("fbb_subs_500m", WHOLE, 30_000)], reason="更正")

    async def a_report_is_issued(self) -> None:
        """Of August."""
        body = {"month": "2022-08", "problems": "端口占比未达标", "next_steps": "督促更换设备"}
        headers = self.practice.headers("industry", Role.TASK_FORCE)
        assert (await self.practice.api.post("/v1/reports", json=body, headers=headers)).status_code == 201

    async def definition_changes(self) -> None:
        """Other targets, dates of tasks, due day and decimals, an indicator less, one otherwise from September on."""
        body = self.definition.body()
        body["calendar"] |= {"due_day": 1, "grace_days": 0}
        body["indicator"] = [each for each in body["indicator"] if each["code"] != "sme_average_charge"]
        for block in body["indicator"]:
            block["decimals"] = 3 if block["code"] == "fbb_500m_share" else block["decimals"]
        (share,) = [each for each in body["indicator"] if each["code"] == "mobile_5g_share"]
        body["indicator"].append(share | {"from": "2022-09", "scale": 1000})
        for target in body["target"]:
            target["value"] = "1"
        for task in body["task"]:
            task["due"] = task["due"] and "2022-10-31"
        body["target"] = [each for each in body["target"] if each["indicator"] != "sme_average_charge"]
        await self.practice.apply(Definition.model_validate(body))

    async def a_minute_passes(self) -> None:
        """Items move later than the versions before; the clock of tests stands still."""
        self.practice.clock.fixed = self.practice.clock.now() + timedelta(minutes=1)

    async def a_month_passes(self) -> None:
        """Until what is missing is long overdue."""
        now = self.practice.clock.now()
        self.practice.clock.fixed = now + timedelta(days=31)


async def test_an_answer_as_of_a_version_is_the_same_for_ever(
    liangjiang: CampaignApi, definition: Definition, serve: Serve
) -> None:
    changes = LaterChanges(liangjiang, definition)
    for month in ("2022-06", "2022-07"):
        await liangjiang.samples(month)
    await liangjiang.samples("2022-08", "economy", "telecom", "unicom")
    await changes.case_is_approved("智能工厂")
    await liangjiang.push_ok("mobile", [("mobile_subs_5g", WHOLE, 90_000), ("olt_pon_ports_10g", YUANYANG, 0)])
    await liangjiang.make_moves("unicom", "submit", "accept")
    await liangjiang.push_ok("telecom", [("olt_pon_ports_10g", YUANYANG, 899)])  # what stood before ends with this version
    newest = (await liangjiang.get_ok("/v1/summary", month="2022-08"))["data_version"]
    versions: tuple[int | str, ...] = (newest, instants(liangjiang)[newest], newest - 2)
    asked = [(question, version) for question in questions() for version in versions]

    first = [await question.answer(liangjiang, version) for question, version in asked]

    assert [(*each, status) for each, (status, *_) in zip(asked, first, strict=True) if status != 200] == []
    assert len({question.path for question, _ in asked}) > 2
    happening: list[Callable[[], Awaitable[None]]] = [
        changes.a_minute_passes,
        changes.pushes_follow,
        changes.case_is_approved,
        changes.month_is_accepted,
        changes.a_report_is_issued,
        changes.definition_changes,
    ]
    for happens in happening:
        await happens()
    restarted = {service: replace(liangjiang, api=await serve(service)) for service in ("indicators", "ingest", "cases")}

    def anew(question: Question) -> CampaignApi:
        services = {"observations": "ingest", "inbox": "cases", "workload": "cases", "tasks": "cases"}
        return restarted[services.get(question.path.split("/")[2], "indicators")]

    await changes.a_month_passes()
    for (question, version), answer in zip(asked, first, strict=True):
        for practice in (liangjiang, anew(question)):
            assert (question, version, await question.answer(practice, version)) == (question, version, answer)
    latest = (await liangjiang.get_ok("/v1/summary", month="2022-08"))["data_version"]
    for (question, _), answer in zip(asked, first, strict=True):
        assert (question, await question.answer(anew(question), latest)) != (question, answer)
