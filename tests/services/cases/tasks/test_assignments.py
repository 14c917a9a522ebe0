"""Assignments of tasks over HTTP, on a real database."""

from typing import Any

from tests.services.cases.tasks.conftest import TasksApi

SIX = "/6/assignments/telecom"
DONE = [{"code": f"6.{n}", "state": "done", "evidence": "专网清单（2022年8月）"} for n in range(1, 5)]


async def test_an_assignment_is_there_before_anybody_touches_it(tasks: TasksApi) -> None:
    tasks.on("2022-07-20")

    answer = await tasks.get("telecom", SIX)

    assignment = answer.json()
    assert (assignment["state"], assignment["status"], assignment["days_left"]) == ("not_started", "not_started", 26)
    assert (assignment["revision"], assignment["created_at"], assignment["latest_report"]) == (1, None, None)
    assert [(each["code"], each["state"]) for each in assignment["measures"]] == [(f"6.{n}", "planned") for n in range(1, 5)]
    assert assignment["actions"] == [
        {
            "move": "report_progress",
            "fields": [{"name": "text", "required": True}, {"name": "measures", "required": False}],
        }
    ]
    assert assignment["editable_fields"] == ["milestones"]
    assert answer.headers["etag"].startswith('"1.')


async def test_a_task_goes_from_progress_over_a_return_to_acceptance(tasks: TasksApi) -> None:
    tasks.on("2022-07-20")
    reported = await tasks.move_ok(
        "telecom", 6, "telecom", "report_progress", text="已签约2家", measures=[{"code": "6.1", "state": "under_way"}]
    )
    tasks.on("2022-08-10")
    await tasks.move_ok("telecom", 6, "telecom", "report_done", text="已完成", measures=DONE)
    waiting = await tasks.get_ok("industry", SIX)
    tasks.on("2022-08-12")
    returned = await tasks.move_ok("industry", 6, "telecom", "return", reason="请补充接口清单")
    again = await tasks.move_ok("telecom", 6, "telecom", "report_done", text="已补充")
    tasks.on("2022-08-20")
    accepted = await tasks.move_ok("task_force", 6, "telecom", "accept", person={"name": "王五", "title": "组长"})
    reopened = await tasks.move_ok("task_force", 6, "telecom", "reopen", reason="抽查发现接口未开放")

    assert (reported["state"], reported["measures"][0]["state"], reported["measures"][1]["state"]) == (
        "in_progress",
        "under_way",
        "planned",
    )
    assert reported["latest_report"]["text"] == "已签约2家"
    assert (waiting["status"], [action["move"] for action in waiting["actions"]]) == ("awaiting_acceptance", ["accept", "return"])
    assert (returned["status"], [reason["code"] for reason in returned["reasons"]]) == ("at_risk", ["due_soon", "returned"])
    assert (again["reported_done_on"], again["measures"][3]["evidence"]) == ("2022-08-12", "专网清单（2022年8月）")
    assert (accepted["status"], accepted["accepted_on"], accepted["reasons"]) == ("done", "2022-08-20", [])
    assert (reopened["state"], reopened["status"]) == ("in_progress", "overdue")
    history = (await tasks.get_ok("telecom", f"{SIX}/history"))["items"]
    assert [(change["move"], change["org"], change["state"]) for change in history] == [
        ("report_progress", "telecom", "in_progress"),
        ("report_done", "telecom", "awaiting_acceptance"),
        ("return", "industry", "returned"),
        ("report_done", "telecom", "awaiting_acceptance"),
        ("accept", "industry", "done"),
        ("reopen", "industry", "in_progress"),
    ]
    assert (history[0]["details"]["text"], history[4]["person"]["name"]) == ("已签约2家", "王五")


async def test_a_task_is_done_only_when_each_measure_is_and_shows_its_evidence(tasks: TasksApi) -> None:
    tasks.on("2022-07-20")
    await tasks.move_ok("telecom", 6, "telecom", "report_progress", text="已启动")

    async def errors(measures: list[dict[str, Any]], move: str = "report_done") -> list[tuple[str, str, str | None]]:
        answer = await tasks.move("telecom", 6, "telecom", move, text="已完成", measures=measures)
        assert answer.status_code == 422, answer.text
        return [(error["where"], error["code"], error.get("value")) for error in answer.json()["errors"]]

    assert await errors(DONE[:3]) == [("/measures", "measure_unfinished", "6.4")]
    assert await errors([*DONE[:3], {"code": "6.4", "state": "done"}]) == [("/measures", "missing_evidence", "6.4")]
    assert await errors([*DONE, {"code": "7.1", "state": "done"}]) == [("/measures/4/code", "unknown_measure", "7.1")]
    assert await errors([*DONE, DONE[0]], "report_progress") == [("/measures/4/code", "duplicate", "6.1")]
    assert await errors([{"code": "6.1", "state": "not_applicable"}], "report_progress") == [
        ("/measures/0/reason", "missing_field", None)
    ]
    assert (await tasks.get_ok("telecom", SIX))["revision"] == 2  # nothing of all this was stored
    by_counts = [{"code": "6.1", "state": "done"}, *DONE[1:3], {"code": "6.4", "state": "not_applicable", "reason": "无此需求"}]
    assert (await tasks.move_ok("telecom", 6, "telecom", "report_done", text="已完成", measures=by_counts))["state"] == (
        "awaiting_acceptance"
    )


async def test_nobody_accepts_its_own_work_and_a_move_that_is_not_available_names_those_that_are(tasks: TasksApi) -> None:
    tasks.on("2022-07-20")
    await tasks.finish(6, "telecom")

    own = await tasks.move("telecom", 6, "telecom", "accept")
    other_bureau = await tasks.move("economy", 6, "telecom", "accept")
    too_late = await tasks.move("telecom", 6, "telecom", "report_progress", text="还在做")
    without_reason = await tasks.move("industry", 6, "telecom", "return")
    with_text = await tasks.move("industry", 6, "telecom", "accept", text="同意")
    stale = await tasks.move("industry", 6, "telecom", "accept", revision=1)

    assert (own.status_code, other_bureau.status_code) == (403, 403)
    assert (too_late.status_code, too_late.json()["state"], too_late.json()["actions"]) == (409, "awaiting_acceptance", [])
    assert (without_reason.json()["errors"][0]["where"], with_text.json()["errors"][0]["where"]) == ("/reason", "/text")
    assert (stale.status_code, stale.json()["current_revision"]) == (412, 3)


async def test_milestones_are_planned_in_order_and_within_plausible_dates(tasks: TasksApi) -> None:
    tasks.on("2022-07-20")
    plan = [
        {"title": "开通", "planned_on": "2022-08-10", "done_on": None},
        {"title": "签约", "planned_on": "2022-07-15", "done_on": "2022-07-18"},
    ]

    stored = await tasks.send("telecom", "PATCH", SIX, {"milestones": plan})
    same = await tasks.send("telecom", "PATCH", SIX, {"milestones": plan})
    wrong = [
        await tasks.send("telecom", "PATCH", SIX, {"milestones": [{"title": "x", **dates}]})
        for dates in (
            {"planned_on": "2022-07-07"},
            {"planned_on": "2024-07-21"},
            {"planned_on": "2022-07-20", "done_on": "2022-07-21"},
            {"planned_on": "2022-07-20", "done_on": "2022-07-07"},
        )
    ]
    foreign = await tasks.send("industry", "PATCH", SIX, {"milestones": []})

    assert [one["title"] for one in stored.json()["milestones"]] == ["签约", "开通"]
    assert (stored.json()["revision"], same.json()["revision"], stored.json()["state"]) == (2, 2, "not_started")
    assert [answer.json()["errors"][0]["where"] for answer in wrong] == [
        "/milestones/0/planned_on",
        "/milestones/0/planned_on",
        "/milestones/0/done_on",
        "/milestones/0/done_on",
    ]
    assert {answer.json()["errors"][0]["code"] for answer in wrong} == {"date_out_of_range"}
    assert foreign.status_code == 403


async def test_cooperating_organisations_comment_and_others_do_not_see_it(tasks: TasksApi) -> None:
    tasks.on("2022-07-20")
    path = "/2/assignments/telecom/comments"  # task 2 has the subdistricts cooperating, task 6 has not
    written = await tasks.send("renhe", "POST", path, {"text": "人和街道已协调2处站址"}, revision=1)
    internal = await tasks.send("renhe", "POST", path, {"text": "x", "visibility": "internal"}, revision=1)

    assert (written.status_code, internal.status_code) == (201, 403)
    assert [comment["text"] for comment in (await tasks.get_ok("telecom", path))["items"]] == ["人和街道已协调2处站址"]
    assert (await tasks.get("renhe", "/6/assignments/telecom")).status_code == 404
    assert (await tasks.get("renhe", "/2/assignments/telecom")).json()["actions"] == []
    assert (await tasks.move("renhe", 2, "telecom", "report_progress", text="x")).status_code == 403
