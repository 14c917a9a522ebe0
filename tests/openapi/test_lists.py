"""Every list of the OpenAPI files keeps one contract: pages, CSV, tags, media types, filters."""

import codecs
import csv
import io
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import pytest_asyncio
from httpx import Response

from shared.values import media_types
from shared.vocabulary import Role
from tests.filed_cases import file_case, move_case
from tests.fixtures_campaign_api import SAMPLES, CampaignApi
from tests.openapi_document import openapi_document
from tests.push_paths import path_for

FILES = openapi_document()
CODES = {"org", "area", "metric", "indicator", "domain", "attention", "category", "responsible", "issued_by"}
NO_HEADERS: Mapping[str, str] = {}
LISTED_REGISTERS = (
    "economy.key_places.csv",
    "kangmei.compounds.json",
    "telecom.base_stations.csv",
    "telecom.home_coverage.csv",
    "telecom.place_tests.ndjson",
)
FORMULA = "=HYPERLINK(1)"


class PublishedList(NamedTuple):
    """An operation that returns a list."""

    operation: str
    path: str
    parameters: frozenset[str]
    columns: list[str]


def lists() -> Iterator[PublishedList]:
    """Yield the operations whose response has items, next and total."""
    for path, methods in FILES["paths"].items():
        operation = methods.get("get", {"responses": {}})
        content = operation["responses"].get("200", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        schema = FILES["components"]["schemas"].get(schema.get("$ref", "").rpartition("/")[2], schema)
        if schema.get("properties", {}).keys() >= {"items", "next", "total"}:
            parameters = frozenset(one["name"] for one in operation["parameters"] if one["in"] == "query")
            yield PublishedList(operation["operationId"], path, parameters, content["text/csv"]["x-columns"])


LISTS = list(lists())


class FilledCampaign:
    """A campaign in which every list has items, and users' texts that could be formulas."""

    def __init__(self, campaign: CampaignApi, ids: Mapping[str, str]) -> None:
        """`ids`: an import with row errors, and items with a history and comments, by the first part of their paths."""
        self.campaign = campaign
        self._ids = ids

    async def get(self, listed: PublishedList, headers: Mapping[str, str] = NO_HEADERS, /, **query: Any) -> Response:
        """Read a list as a bureau."""
        own_id = self._ids.get(listed.path.split("/")[2])
        path = listed.path.format(org="telecom", month="2022-08", id=own_id, number=1)
        defaults = {"month": "2022-08"} if "month" in listed.parameters else {}
        return await self.campaign.api.get(
            path, params={**defaults, **query}, headers=self.campaign.headers("economy") | dict(headers)
        )


@pytest_asyncio.fixture
async def filled(liangjiang: CampaignApi) -> AsyncIterator[FilledCampaign]:
    """Liangjiang with counts, registers, cases, reminders, a refused push, a reopening request and two reports."""
    await liangjiang.samples("2022-08", "telecom", "economy")
    for name in LISTED_REGISTERS:
        file = SAMPLES / "registers" / "2022-08" / name
        org, register, _ = name.split(".")
        headers = liangjiang.headers(org) | {"Content-Type": media_types.BY_SUFFIX[file.suffix]}
        sent = await liangjiang.api.post(
            path_for(f"/v1/registers/{register}/rows", headers["Content-Type"]), content=file.read_bytes(), headers=headers
        )
        assert sent.status_code == 201, sent.text
    refused = await liangjiang.push("telecom", [(FORMULA, "500112007", 1), ("olt_pon_ports_10g", "nowhere", 1)])
    for number in range(3):
        texts: dict[str, Any] = {"applicant": "@某厂", "summary": "+柔性产线", "partners": [FORMULA]}
        results = [{"name": FORMULA, "value": 1, "unit": FORMULA[:20]}]
        case = await file_case(liangjiang, f"{FORMULA}{number}", "2022-08-20", **texts, results=results)
        await move_case(liangjiang, case, "industry", Role.TASK_FORCE, move="publish")
        comment = {"text": FORMULA, "person": {"name": FORMULA, "title": FORMULA}}
        commented = await liangjiang.api.post(f"{case}/comments", json=comment, headers=liangjiang.headers("telecom"))
        assert commented.status_code == 201, commented.text
        await attach_two(liangjiang, case)
        reminder = {"month": "2022-08", "org": "mobile", "channel": "phone", "text": FORMULA}
        reminded = await liangjiang.api.post("/v1/reminders/sent", json=reminder, headers=liangjiang.headers("economy"))
        assert reminded.status_code == 201, reminded.text
    assignment = "/v1/tasks/1/assignments/telecom"
    for revision in (1, 2, 3):
        progress = {"move": "report_progress", "text": FORMULA, "person": {"name": FORMULA, "title": FORMULA}}
        headers = liangjiang.headers("telecom") | {"If-Match": f'"{revision}"'}
        assert (await liangjiang.api.post(f"{assignment}/moves", json=progress, headers=headers)).status_code == 200
        commented = await liangjiang.api.post(f"{assignment}/comments", json={"text": FORMULA}, headers=headers)
        assert commented.status_code == 201, commented.text
    await attach_two(liangjiang, assignment)
    for _ in range(2):
        report = {"month": "2022-08", "problems": "无", "next_steps": "无"}
        issued = await liangjiang.api.post("/v1/reports", json=report, headers=liangjiang.headers("industry", Role.TASK_FORCE))
        assert issued.status_code == 201, issued.text
    challenge_id = await _challenges(liangjiang)
    await liangjiang.make_moves("telecom", "submit")
    assert (await liangjiang.request_reopening("telecom")).status_code == 201
    yield FilledCampaign(
        liangjiang,
        {
            "imports": refused.json()["import_id"],
            "cases": case.rpartition("/")[2],
            "challenges": challenge_id,
            **await fill(liangjiang),
        },
    )


async def fill(campaign: CampaignApi) -> dict[str, str]:
    """Create difficulties and action items, and return the ids of those with a history and comments."""
    difficulty = {"title": FORMULA, "category": "other", "place": FORMULA, "needed": FORMULA, "needed_by": "2022-09-20"}
    action = {"orgs": ["telecom", "mobile"], "title": FORMULA, "text": FORMULA, "source": "visit", "due_on": "2022-09-20"}
    task_force = campaign.headers("industry", Role.TASK_FORCE)
    moves = {
        "difficulties": ("telecom", {"move": "withdraw", "reason": FORMULA}),
        "action-items": ("telecom", {"move": "report", "report": FORMULA}),
    }
    ids = {}
    for _ in range(3):
        reported = await campaign.api.post("/v1/difficulties", json=difficulty, headers=campaign.headers("telecom"))
        issued = await campaign.api.post("/v1/action-items", json=action, headers=task_force)
        ids = {"difficulties": reported.json()["id"], "action-items": issued.json()["items"][0]["id"]}
    for kind, (who, move) in moves.items():
        path, headers = f"/v1/{kind}/{ids[kind]}", campaign.headers(who)
        commented = await campaign.api.post(f"{path}/comments", json={"text": FORMULA}, headers=headers)
        moved = await campaign.api.post(f"{path}/moves", json=move, headers=headers | {"If-Match": '"1"'})
        assert (commented.status_code, moved.status_code) == (201, 200), moved.text
        await attach_two(campaign, path)
    return ids


async def _challenges(liangjiang: CampaignApi) -> str:
    """Open challenges of three of telecom's counts; return the last one, answered and commented on."""
    counts = await liangjiang.get_ok("/v1/observations", "economy", org="telecom", month="2022-08", limit=3)
    version, bureau = (await liangjiang.get_ok("/v1/version"))["data_version"], liangjiang.headers("economy")
    for count in counts["items"]:
        read = {name: count[name] for name in ("org", "metric", "area", "month", "value")}
        challenge = {**read, "data_version": version, "reason": FORMULA, "evidence": FORMULA}
        opened = await liangjiang.api.post("/v1/challenges", json=challenge, headers=bureau)
        assert opened.status_code == 201, opened.text
    path, person = opened.headers["Location"], {"name": FORMULA, "title": FORMULA}
    rebuttal = {"move": "rebut", "reason": FORMULA, "evidence": FORMULA, "person": person}
    headers = liangjiang.headers("telecom") | {"If-Match": opened.headers["ETag"]}
    rebutted = await liangjiang.api.post(f"{path}/moves", json=rebuttal, headers=headers)
    commented = await liangjiang.api.post(f"{path}/comments", json={"text": FORMULA, "person": person}, headers=bureau)
    assert (rebutted.status_code, commented.status_code) == (200, 201)
    await attach_two(liangjiang, path)
    return str(opened.json()["id"])


async def attach_two(campaign: CampaignApi, path: str) -> None:
    """Attach two files to an item of telecom."""
    for name in (f"{FORMULA}.csv", "a.csv"):
        files = {"file": (name, b"a,b\n1,2\n")}
        attached = await campaign.api.post(f"{path}/attachments", files=files, headers=campaign.headers("telecom"))
        assert attached.status_code == 201, attached.text


def table_of(answer: Response) -> list[dict[str, str]]:
    """Return the rows of a CSV with byte-order mark."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert answer.content.startswith(codecs.BOM_UTF8)
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_there_are_lists() -> None:
    assert len(LISTS) >= 18


async def test_the_pages_of_every_list_together_are_the_whole_list(filled: FilledCampaign) -> None:
    for listed in LISTS:
        whole = (await filled.get(listed, limit=500)).json()
        assert whole["items"], listed.operation
        paged: list[Any] = []
        cursor, total = None, whole["total"]
        while len(paged) < min(total, 8):
            answer = await filled.get(listed, limit=2, **({"next": cursor} if cursor else {}))
            assert answer.status_code == 200, (listed, answer.text)
            page = answer.json()
            assert len(page["items"]) <= 2
            paged += page["items"]
            cursor = page["next"]
            assert page["total"] == total
            assert (cursor is None) == (len(paged) >= total), listed
        assert paged == whole["items"][: len(paged)], listed.operation
        refused = await filled.get(listed, next="bm9uc2Vuc2U")
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "query.next"), listed


async def test_every_list_is_also_a_table_of_all_its_rows(filled: FilledCampaign) -> None:
    for listed in LISTS:
        total = (await filled.get(listed, limit=1)).json()["total"]
        answer = await filled.get(listed, format="csv")
        rows = table_of(answer)
        assert (len(rows), list(rows[0])) == (total, listed.columns), listed.operation
        assert re.fullmatch(r"attachment; filename=\"[a-z0-9.-]+\.csv\"; .*", answer.headers["Content-Disposition"])
        assert (await filled.get(listed, {"Accept": "text/csv"})).content == answer.content
        assert (await filled.get(listed, format="csv", bom="false")).content == answer.content.removeprefix(codecs.BOM_UTF8)
        for names in ("org_zh", "org_en", "area_zh", "metric_zh", "state_zh"):
            assert all(row[names] for row in rows if row.get(names.rpartition("_")[0])) or names not in rows[0], listed
        refused = await filled.get(listed, format="csv", limit=1)
        assert [error["code"] for error in refused.json()["errors"]] == ["json_only"], listed
        assert [cell for row in rows for cell in row.values() if re.match(r"[=+@]|-\D", cell)] == [], listed
        assert [cell for row in rows for cell in row.values() if re.search(r"\b(None|True|False)\b|[{}]", cell)] == [], listed


async def test_every_list_has_a_strong_tag_and_answers_304(filled: FilledCampaign) -> None:
    for listed in LISTS:
        tags = set()
        queries: tuple[dict[str, Any], ...] = ({}, {"format": "csv"}, {"format": "csv", "bom": "false"})
        for query in queries:
            first = await filled.get(listed, **query)
            tag = first.headers["ETag"]
            tags.add(tag)
            assert tag.startswith('"'), listed
            again = await filled.get(listed, {"If-None-Match": tag}, **query)
            assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag), (listed, query)
        assert len(tags) == 3


async def test_no_list_takes_an_unknown_code_or_serves_an_unknown_media_type(filled: FilledCampaign) -> None:
    filters = set()
    for listed in LISTS:
        for name in listed.parameters & CODES:
            answer = await filled.get(listed, **{name: "nowhere"})
            assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, f"query.{name}"), (listed, name)
            filters.add(name)
        assert (await filled.get(listed, {"Accept": "image/png"})).status_code == 406, listed
        assert (await filled.get(listed, {"Accept": "image/png, */*;q=0.1"})).status_code == 200, listed
    assert filters >= {"org", "area", "domain"}


TABLES = (
    ("/v1/targets", {"month": "2022-08", "group_by": "area"}),
    ("/v1/targets", {"month": "2022-08", "group_by": "org", "indicator": "pon_10g_share"}),
    ("/v1/rankings", {"month": "2022-08"}),
    ("/v1/changes", {"since": "1", "group_by": "area"}),
    ("/v1/summary", {"month": "2022-08", "group_by": "area,org"}),
    ("/v1/indicators/{code}/series", {"from": "2022-07", "to": "2022-08"}),
    ("/v1/tasks/board", {"as_of": "2022-09-06"}),
)
"""Tables that are not lists."""


async def test_every_other_table_has_its_columns_a_tag_and_no_formula(filled: FilledCampaign) -> None:
    listed = {one.path for one in LISTS}
    contents = {
        path: methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
        for path, methods in FILES["paths"].items()
    }
    assert {path for path, content in contents.items() if "x-columns" in content.get("text/csv", {})} - listed == {
        path for path, _ in TABLES
    }

    for path, query in TABLES:
        columns = contents[path]["text/csv"]["x-columns"]
        table = PublishedList(path, path.replace("{code}", "pon_10g_share"), frozenset(query), columns)
        answer = await filled.get(table, **query, format="csv")
        rows = table_of(answer)
        assert list(rows[0]) == columns, path
        assert rows[0].get("as_of", "0").isdigit(), path
        assert (await filled.get(table, {"If-None-Match": answer.headers["ETag"]}, **query, format="csv")).status_code == 304
        bare = await filled.get(table, **query, format="csv", bom="false")
        assert (bare.content, bare.headers["ETag"] != answer.headers["ETag"]) == (
            answer.content.removeprefix(codecs.BOM_UTF8),
            True,
        )
        assert (await filled.get(table, {"Accept": "image/png"}, **query)).status_code == 406
        assert [cell for row in rows for cell in row.values() if re.match(r"[=+@]|-\D", cell)] == [], path


def test_the_page_of_columns_explains_every_column() -> None:
    page = (Path(__file__).parents[2] / "docs" / "columns.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## GET (\S+)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))

    for path, methods in FILES["paths"].items():
        columns = (
            methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).get("text/csv", {}).get("x-columns")
        )
        assert (columns is None) == (path not in sections), path
        if columns:
            told = dict(re.findall(r"^\| (`.*`) \| (.*) \|$", sections[path], re.MULTILINE))
            assert [name for names in told for name in re.findall(r"`(\w+)`", names)] == columns or set(
                re.findall(r"`(\w+)`", " ".join(told))
            ) == set(columns), path
            assert [names for names, meaning in told.items() if not meaning.strip()] == [], path


@pytest.mark.parametrize("method", ["get", "patch", "post", "put"])
def test_every_operation_with_a_token_documents_406(method: str) -> None:
    operations = [methods[method] for methods in FILES["paths"].values() if method in methods]

    assert operations
    assert [each["operationId"] for each in operations if each["security"] and "406" not in each["responses"]] == []
