"""Difficulties over HTTP, on a real database."""

import csv
import io
from typing import Any

import pytest

from tests.services.cases.items_api import TASK_FORCE, ItemsApi

BODY = {
    "title": "物业不同意进场",
    "category": "property_management",
    "place": "某小区",
    "area": "500112007",
    "task": 1,
    "needed": "协调物业\n同意进场改造",
    "needed_by": "2022-09-20",
}
ASSIGNMENT = {"responsible": "yuanyang", "due_on": "2022-09-16"}


async def create(items: ItemsApi, who: str = "telecom", **changed: Any) -> str:
    """Report a difficulty and return its path."""
    answer = await items.post(who, "/v1/difficulties", {**BODY, **changed})
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def offered(item: Any) -> list[str]:
    return [action["move"] for action in item["actions"]]


async def test_a_difficulty_is_assigned_answered_disputed_and_resolved(items: ItemsApi) -> None:
    path = await create(items)
    opened = await items.ok("telecom", path)
    assigned = await items.moved(TASK_FORCE, path, "assign", **ASSIGNMENT)
    answered = await items.moved("yuanyang", path, "answer", answer="已约定进场时间", person={"name": "李某", "title": "科长"})
    disputed = await items.moved("telecom", path, "not_resolved", reason="物业只同意2栋")
    again = await items.moved("yuanyang", path, "answer", answer="全部同意")
    resolved = await items.moved("telecom", path, "resolve")

    assert (opened["state"], opened["org"], offered(opened)) == ("open", "telecom", ["withdraw"])
    assert opened["editable_fields"] == sorted(BODY)
    assert (assigned["state"], assigned["responsible"], assigned["due_on"]) == ("assigned", "yuanyang", "2022-09-16")
    assert (answered["state"], answered["answer"], answered["days_left"]) == ("answered", "已约定进场时间", None)
    assert (disputed["state"], disputed["responsible"]) == ("assigned", "yuanyang")
    assert (again["answer"], resolved["state"], resolved["actions"]) == ("全部同意", "resolved", [])
    history = (await items.ok("telecom", f"{path}/history"))["items"]
    assert [(each["move"], each["org"], each["reason"]) for each in history] == [
        ("assign", "industry", None),
        ("answer", "yuanyang", None),
        ("not_resolved", "telecom", "物业只同意2栋"),
        ("answer", "yuanyang", None),
        ("resolve", "telecom", None),
    ]
    assert history[1]["person"] == {"name": "李某", "title": "科长"}


async def test_a_difficulty_is_overdue_once_its_date_passes_without_an_answer(items: ItemsApi) -> None:
    path = await create(items, needed_by="2022-09-06")  # today
    today = await items.ok("telecom", path)
    items.set_day("2022-09-07")
    late = await items.ok("telecom", path)
    assigned = await items.moved(TASK_FORCE, path, "assign", responsible="yuanyang", due_on="2022-09-07")
    items.set_day("2022-09-09")
    overdue = (await items.ok(TASK_FORCE, "/v1/difficulties", overdue="true"))["total"]
    in_time = (await items.ok(TASK_FORCE, "/v1/difficulties", overdue="false"))["total"]
    answered = await items.moved("yuanyang", path, "answer", answer="已办")

    assert [(item["days_left"], item["overdue"]) for item in (today, late, assigned, answered)] == [
        (0, False),
        (-1, True),
        (0, False),
        (None, False),
    ]
    assert (overdue, in_time) == (1, 0)
    assert (await items.ok(TASK_FORCE, "/v1/difficulties", overdue="true"))["total"] == 0
    assert (await items.ok(TASK_FORCE, "/v1/difficulties", overdue="false"))["total"] == 1


async def test_escalating_changes_no_state_and_may_be_repeated(items: ItemsApi) -> None:
    path = await create(items)

    escalated = await items.moved(TASK_FORCE, path, "escalate", reason="涉及多个部门")
    again = await items.moved(TASK_FORCE, path, "escalate", reason="仍未协调")

    assert (escalated["state"], escalated["escalated_at"], again["revision"]) == ("open", "2022-09-06T02:00:00.000000Z", 3)
    assert (await items.ok("leading_group", "/v1/difficulties", escalated="true"))["total"] == 1
    assert (await items.ok("leading_group", "/v1/difficulties", escalated="false"))["total"] == 0


@pytest.mark.parametrize(
    ("changed", "where", "code"),
    [
        ({"category": "funds"}, "/category", "unknown_category"),
        ({"area": "500"}, "/area", "unknown_area"),
        ({"task": 13}, "/task", "unknown_task"),
        ({"task": 100}, "/task", "too_large"),
        ({"needed_by": "2022-09-05"}, "/needed_by", "date_out_of_range"),
        ({"needed_by": "2122-09-05"}, "/needed_by", "date_out_of_range"),
        ({"needed": " "}, "/needed", "text_too_short"),
        ({"place": "a\u202eb"}, "/place", "invalid_value"),
        ({"state": "resolved"}, "/state", "unknown_field"),
    ],
)
async def test_an_invalid_difficulty_is_refused_with_its_field(
    items: ItemsApi, changed: dict[str, Any], where: str, code: str
) -> None:
    answer = await items.post("telecom", "/v1/difficulties", {**BODY, **changed})

    assert (answer.status_code, [(error["where"], error["code"]) for error in answer.json()["errors"]]) == (422, [(where, code)])
    assert (await items.ok("telecom", "/v1/difficulties"))["total"] == 0


@pytest.mark.parametrize(
    ("fields", "where", "code"),
    [
        ({"responsible": "yuanyan"}, "/responsible", "unknown_org"),
        ({"responsible": "telecom"}, "/responsible", "invalid_value"),  # who reported it
        ({"responsible": "regulator"}, "/responsible", "invalid_value"),
        ({"due_on": "2022-09-05"}, "/due_on", "date_out_of_range"),
        ({"due_on": None}, "/due_on", "missing_field"),
        ({"answer": "已办"}, "/answer", "invalid_combination"),
    ],
)
async def test_an_invalid_assignment_is_refused_and_changes_nothing(
    items: ItemsApi, fields: dict[str, Any], where: str, code: str
) -> None:
    path = await create(items)

    answer = await items.move(TASK_FORCE, path, "assign", **{**ASSIGNMENT, **fields})

    assert (answer.status_code, [(error["where"], error["code"]) for error in answer.json()["errors"]]) == (422, [(where, code)])
    assert (await items.ok(TASK_FORCE, path))["revision"] == 1


async def test_a_difficulty_can_be_edited_until_it_is_assigned_though_its_day_has_passed(items: ItemsApi) -> None:
    path = await create(items, needed_by="2022-09-06")
    items.set_day("2022-09-08")

    async def edit(tag: str, **changed: Any) -> Any:
        return await items.client.patch(path, json=changed, headers=items.headers("telecom") | {"if-match": tag})

    edited = await edit('"1"', title="物业仍不同意进场")
    past = await edit('"2"', needed_by="2022-09-07")
    await items.moved(TASK_FORCE, path, "assign", responsible="yuanyang", due_on="2022-09-16")
    late = await edit('"3"', title="x")

    assert (edited.status_code, edited.json()["title"], edited.json()["needed_by"]) == (200, "物业仍不同意进场", "2022-09-06")
    assert (past.status_code, late.status_code) == (422, 409)
    assert late.json()["state"] == "assigned"


async def test_only_carriers_and_streets_report_difficulties(items: ItemsApi) -> None:
    everyone = (TASK_FORCE, "economy", "leading_group", "regulator", "tower", "renhe")
    statuses = {who: (await items.post(who, "/v1/difficulties", BODY)).status_code for who in everyone}

    assert statuses == {**dict.fromkeys(everyone[:4], 403), "tower": 201, "renhe": 201}


async def test_search_filters_and_facets_count_what_the_reader_sees(items: ItemsApi) -> None:
    await create(items)
    await create(items, "tower", title="ＯＬＴ机房供电", category="power_supply", area="500112008")

    found = await items.ok(TASK_FORCE, "/v1/difficulties", q="olt 进场", facets="true")
    carrier = await items.ok("telecom", "/v1/difficulties", q="olt", facets="true")
    filtered = await items.ok(TASK_FORCE, "/v1/difficulties", category="power_supply", facets="true")
    table = (await items.get(TASK_FORCE, "/v1/difficulties", format="csv", bom="false")).text
    rows = list(csv.DictReader(io.StringIO(table)))

    assert [item["title"] for item in found["items"]] == ["ＯＬＴ机房供电"]
    assert (carrier["total"], [facet["values"] for facet in carrier["facets"]]) == (0, [[], [], [], [], []])
    categories = next(facet for facet in filtered["facets"] if facet["field"] == "category")
    assert {value["value"]: value["count"] for value in categories["values"]} == {"property_management": 1, "power_supply": 1}
    assert (filtered["total"], [row["category_zh"] for row in rows]) == (1, ["物业协调", "电力引入"])


async def test_unknown_filters_are_refused(items: ItemsApi) -> None:
    filters = {"category": "funds", "area": "1", "task": 13, "responsible": "nobody", "state": "late", "kind": "x"}

    for name, value in filters.items():
        answer = await items.get(TASK_FORCE, "/v1/difficulties", **{name: value})
        assert (answer.status_code, answer.json()["errors"][0]["where"]) == (422, f"query.{name}")


async def test_what_is_not_resolved_after_its_date_gets_a_new_one_and_is_not_overdue(items: ItemsApi) -> None:
    path = await create(items)
    await items.moved(TASK_FORCE, path, "assign", **ASSIGNMENT)
    await items.moved("yuanyang", path, "answer", answer="已约定")
    items.set_day("2022-09-17")  # the day after the due date

    without = await items.move("telecom", path, "not_resolved", reason="未进场")
    past = await items.move("telecom", path, "not_resolved", reason="未进场", due_on="2022-09-16")
    again = await items.moved("telecom", path, "not_resolved", reason="未进场", due_on="2022-09-23")

    assert [(error["where"], error["code"]) for error in without.json()["errors"]] == [("/due_on", "missing_field")]
    assert [(error["where"], error["code"]) for error in past.json()["errors"]] == [("/due_on", "date_out_of_range")]
    assert (again["state"], again["due_on"], again["days_left"], again["overdue"]) == ("assigned", "2022-09-23", 6, False)
