"""Filters with several values: what has any of them, in lists, totals, facets, CSV, searches, tasks, inbox and workload."""

import csv
import io
from typing import Any

import pytest
import pytest_asyncio

from tests.filed_cases import WHOLE_CASE
from tests.services.cases.action_items.test_action_items import issue
from tests.services.cases.items_api import DIFFICULTY, TASK_FORCE, ItemsApi


async def titles(items: ItemsApi, who: str, path: str, **query: Any) -> list[str]:
    """Return the titles of a list, which its CSV has too and its total counts."""
    page = await items.ok(who, path, **query)
    found = [item["title"] for item in page["items"]]
    table = await items.get(who, path, **query, format="csv", bom="false")
    assert [row["title"] for row in csv.DictReader(io.StringIO(table.text))] == found
    assert page["total"] == len(found)
    return found


@pytest_asyncio.fixture
async def filed(items: ItemsApi) -> ItemsApi:
    """Cases of two carriers in three states, with one technology or two."""
    cases: list[tuple[str, str, str | None, dict[str, Any]]] = [
        ("telecom", "甲", "submit", {"technologies": ["mobile_5g"], "domain": "vertical_industry"}),
        ("telecom", "乙", None, {"technologies": ["mec"], "domain": "social_livelihood"}),
        ("mobile", "丙", "submit", {"technologies": ["f5g", "mec"], "domain": "vertical_industry"}),
        ("mobile", "丁", "withdraw", {"technologies": ["f5g"], "domain": "social_livelihood"}),
    ]
    for who, title, move, fields in cases:
        created = await items.post(who, "/v1/cases", {**WHOLE_CASE, "title": title, **fields})
        if move:
            await items.moved(who, created.headers["location"], move)
    return items


async def test_a_repeated_filter_finds_what_has_any_of_its_values(filed: ItemsApi) -> None:
    both = await titles(filed, "telecom", "/v1/cases", state=["draft", "submitted"])
    technologies = await titles(filed, TASK_FORCE, "/v1/cases", technology=["mobile_5g", "mec"])
    carriers = await titles(filed, TASK_FORCE, "/v1/cases", org=["telecom", "mobile"], domain=["vertical_industry"])
    searched = await titles(filed, TASK_FORCE, "/v1/cases", q="丙", state=["submitted", "in_review"])

    assert (both, technologies, carriers, searched) == (["甲", "乙"], ["甲", "丙"], ["甲", "丙"], ["丙"])
    assert await titles(filed, "telecom", "/v1/cases", state=["draft", "draft"]) == ["乙"]
    assert await titles(filed, "telecom", "/v1/cases", state="draft") == ["乙"]


async def test_each_facet_ignores_all_values_of_its_own_filter_and_no_other(filed: ItemsApi) -> None:
    async def facets(who: str, **query: Any) -> dict[str, dict[str, int]]:
        found = (await filed.ok(who, "/v1/cases", facets="true", **query))["facets"]
        return {facet["field"]: {value["value"]: value["count"] for value in facet["values"]} for facet in found}

    open_states = ["submitted", "in_review"]
    everybody = await facets(TASK_FORCE, org=["telecom"], technology=["mec", "f5g", "mobile_5g"], state=open_states)
    own = await facets("mobile", state=open_states)

    assert (everybody["org"], everybody["state"]) == ({"mobile": 1, "telecom": 1}, {"submitted": 1})
    assert (own["state"], own["domain"]) == ({"submitted": 1, "withdrawn": 1}, {"vertical_industry": 1})


async def test_a_page_goes_on_under_the_same_filters_in_any_order(filed: ItemsApi) -> None:
    first = await filed.ok("telecom", "/v1/cases", limit=1, state=["draft", "submitted"])
    second = await filed.ok("telecom", "/v1/cases", limit=1, state=["submitted", "draft", "draft"], next=first["next"])
    other = await filed.get("telecom", "/v1/cases", limit=1, state=["submitted"], next=first["next"])

    assert [page["items"][0]["title"] for page in (first, second)] == ["甲", "乙"]
    assert (other.status_code, other.json()["errors"][0]["where"]) == (422, "query.next")


@pytest.mark.parametrize(
    ("path", "name", "values", "code", "wrong"),
    [
        ("/v1/cases", "state", ["draft", "dratf", "x"], "unknown_value", ["dratf", "x"]),
        ("/v1/cases", "state", ["draft", ""], "unknown_value", [""]),
        ("/v1/cases", "technology", ["mec", "mecc", "x"], "unknown_technology", ["mecc", "x"]),
        ("/v1/cases/published", "domain", ["vertical_industry", "x"], "unknown_domain", ["x"]),
        ("/v1/difficulties", "category", ["other", "x"], "unknown_category", ["x"]),
        ("/v1/difficulties", "task", [1, 99], "unknown_task", ["99"]),
        ("/v1/action-items", "task", [1, "x"], "not_an_integer", ["x"]),
        ("/v1/challenges", "challenger", ["economy", "x"], "unknown_org", ["x"]),
        ("/v1/tasks", "status", ["done", "x"], "unknown_value", ["x"]),
        ("/v1/tasks", "org", ["telecom", "x"], "unknown_org", ["x"]),
        ("/v1/inbox", "kind", ["case", "x"], "unknown_value", ["x"]),
        ("/v1/workload", "org", ["telecom", "x"], "unknown_org", ["x"]),
    ],
)
async def test_each_wrong_value_is_named(
    items: ItemsApi, path: str, name: str, values: list[Any], code: str, wrong: list[str]
) -> None:
    answer = await items.get(TASK_FORCE, path, **{name: values})

    assert answer.status_code == 422
    assert [(error["where"], error["code"], error["value"]) for error in answer.json()["errors"]] == [
        (f"query.{name}", code, value) for value in wrong
    ]


async def test_a_filter_that_is_one_value_is_not_repeated(items: ItemsApi) -> None:
    queries: list[tuple[str, dict[str, Any]]] = [
        ("/v1/cases", {"published": ["true", "false"]}),
        ("/v1/challenges", {"month": ["2022-07", "2022-08"]}),
        ("/v1/action-items", {"overdue": ["true", "true"]}),
        ("/v1/cases", {"q": ["甲", "乙"]}),
    ]
    for path, query in queries:
        answer = await items.get(TASK_FORCE, path, **query)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "repeated_parameter")


async def test_difficulties_and_action_items_have_the_same_filters(items: ItemsApi) -> None:
    for title, category, task in (("甲", "power_supply", 1), ("乙", "funding", 2), ("丙", "other", 3)):
        await items.post("telecom", "/v1/difficulties", {**DIFFICULTY, "title": title, "category": category, "task": task})
    await issue(items, orgs=["unicom"], title="丁", task=1)
    await issue(items, orgs=["mobile"], title="戊", task=2, source="visit")

    assert await titles(items, TASK_FORCE, "/v1/difficulties", category=["funding", "other"], task=[1, 2]) == ["乙"]
    assert await titles(items, TASK_FORCE, "/v1/difficulties", state=["open", "answered"], task=[1, 3]) == ["甲", "丙"]
    assert await titles(items, TASK_FORCE, "/v1/action-items", task=[1, 2], source=["visit", "meeting"]) == ["丁", "戊"]
    assert await titles(items, TASK_FORCE, "/v1/action-items", org=["unicom", "renhe"]) == ["丁"]


async def test_tasks_inbox_and_workload_have_the_same_filters(items: ItemsApi) -> None:
    await items.post("telecom", "/v1/difficulties", DIFFICULTY)
    (path,) = (await issue(items, orgs=["telecom"])).values()
    await items.moved("telecom", path, "report", report="已办")
    tasks = await items.ok(TASK_FORCE, "/v1/tasks", status=["overdue", "done"], org=["telecom", "renhe"])
    one = await items.ok(TASK_FORCE, "/v1/tasks", status="overdue", org="telecom")
    waiting = await items.ok(TASK_FORCE, "/v1/inbox", kind=["difficulty", "action_item"])
    lines = await items.ok(TASK_FORCE, "/v1/workload", kind=["action_item", "assignment"], org=["telecom", "renhe"])

    assert tasks["items"] == one["items"] != []
    assert sorted(entry["kind"] for entry in waiting["items"]) == ["action_item", "difficulty"]
    assert {(line["kind"], line["org"]) for line in lines["items"]} == {
        ("assignment", "renhe"),
        ("assignment", "telecom"),
        ("action_item", "telecom"),
    }
