"""The board and the list of tasks: what each reader sees, and that a past day stays as it was."""

import csv
import io

from httpx import Response

from tests.fixtures_campaign_api import CampaignApi
from tests.services.cases.tasks.conftest import TasksApi, cell_of

WHOLE = "liangjiang"


async def test_the_board_shows_each_task_for_each_responsible_organisation(tasks: TasksApi) -> None:
    tasks.on("2022-07-16")

    board = await tasks.get_ok("leading_group", "/board")

    assert board["organisations"] == [
        *("telecom", "mobile", "unicom"),
        *("yuanyang", "renhe", "tiangongdian", "cuiyun", "dazhulin", "lijia", "jinshan", "kangmei"),
    ]
    assert [len(task["assignments"]) for task in board["tasks"]] == [3, 3, 11, 3, 3, 3, 3, 3, 3, 3, 3, 3]
    assert cell_of(board, 11, "telecom")["status"] == "overdue"
    assert cell_of(board, 11, "telecom")["days_left"] == -1
    assert cell_of(board, 3, "renhe")["status"] == "continuous"
    assert [(each["number"], each["org"]) for each in board["overdue"]] == [
        (number, org) for number in (9, 11, 12) for org in ("telecom", "mobile", "unicom")
    ]
    assert {each["number"] for each in board["due_in_14_days"]} == {10}
    assert board["due_in_7_days"] == board["accepted_last_week"] == []


async def test_indicators_stand_beside_the_tasks_and_neither_closes_the_other(tasks: TasksApi, liangjiang: CampaignApi) -> None:
    for month in ("2022-05", "2022-06"):
        tasks.on("2022-07-06")
        await liangjiang.samples(month)
    tasks.on("2022-07-14")
    await tasks.finish(9, "telecom", accepted_by="task_force")
    targets = await liangjiang.get_ok("/v1/targets", month="2022-06", indicator="mobile_5g_share")
    own = next(each for each in targets["lines"][0]["targets"] if each["task"] == 9)

    board = await tasks.get_ok("economy", "/board")

    row = next(task for task in board["tasks"] if task["number"] == 9)
    (indicator, _) = row["indicators"]
    assert (indicator["indicator"], indicator["month"], indicator["display"]) == ("mobile_5g_share", "2022-06", "24.0")
    assert indicator["target"] == {
        **{name: own[name] for name in ("value", "due", "kind", "status", "gap")},
        "deadline": own["deadline"]["state"],
        "first_met_month": None,
        "forecast": own["forecast"]["state"],
    }
    assert indicator["target"]["status"] == "not_met"
    assert cell_of(board, 9, "telecom")["status"] == "done"
    assert [(each["number"], each["org"]) for each in board["accepted_last_week"]] == [(9, "telecom")]
    assert board["data_version"] == targets["data_version"]


async def test_a_forecast_that_misses_puts_a_task_at_risk_for_those_who_see_the_indicator(
    tasks: TasksApi, liangjiang: CampaignApi
) -> None:
    tasks.on("2022-08-06")
    for month in ("2022-05", "2022-06", "2022-07"):
        await liangjiang.samples(month)
    await liangjiang.push_ok("telecom", [("olt_pon_ports_10g", "500112007", 0)], "2022-07")
    await tasks.move_ok("telecom", 1, "telecom", "report_progress", text="已启动")

    board = await tasks.get_ok("task_force", "/board")
    telecom = await tasks.get_ok("telecom", "/1/assignments/telecom")
    task_force = await tasks.get_ok("task_force", "/1/assignments/telecom")

    reasons = [(reason["code"], reason["indicator"]) for reason in cell_of(board, 1, "telecom")["reasons"]]
    missing = {
        each["indicator"]
        for each in next(task for task in board["tasks"] if task["number"] == 1)["indicators"]
        if each["target"]["forecast"] == "will_miss"
    }
    assert missing == {"pon_10g_share"}
    assert {indicator for code, indicator in reasons if code == "forecast_missed"} == missing
    assert (cell_of(board, 1, "telecom")["status"], task_force["status"], telecom["status"]) == (
        "at_risk",
        "at_risk",
        "in_progress",
    )
    assert telecom["reasons"] == []


async def test_carriers_and_subdistricts_see_their_part_and_no_indicators(tasks: TasksApi) -> None:
    tasks.on("2022-07-20")

    telecom = await tasks.get_ok("telecom", "/board")
    renhe = await tasks.get_ok("renhe", "/board")
    tower = await tasks.get_ok("tower", "/board")

    assert (telecom["organisations"], telecom["data_version"]) == (["telecom"], None)
    assert {task["indicators"] for task in telecom["tasks"]} == {None}
    assert renhe["organisations"] == ["telecom", "mobile", "unicom", "renhe"]
    seen = {task["number"] for task in renhe["tasks"] if task["assignments"]}
    assert seen == {1, 2, 3, 7, 9, 10}
    assert [each["org"] for each in renhe["tasks"][2]["assignments"]] == ["renhe"]
    assert (tower["organisations"], {task["status"] for task in tower["tasks"]}, len(tower["tasks"])) == ([], {None}, 12)
    assert (await tasks.get_ok("telecom", "/1"))["indicators"] is None
    assert len((await tasks.get_ok("telecom", "/1"))["measures"]) == 7


async def test_a_past_day_is_always_answered_as_it_was(tasks: TasksApi, liangjiang: CampaignApi) -> None:
    async def boards(*days: str) -> list[bytes]:
        return [(await tasks.get("task_force", "/board", as_of=day)).content for day in days]

    tasks.on("2022-08-06")
    await liangjiang.samples("2022-07")
    tasks.on("2022-08-14")
    await tasks.finish(6, "telecom", accepted_by="industry")
    today = (await tasks.get("task_force", "/board", as_of="2022-08-14")).json()
    tasks.on("2022-08-15")
    version = today["data_version"]
    before = await boards("2022-08-13", "2022-08-14", str(version))

    await tasks.move_ok("task_force", 6, "telecom", "reopen", reason="抽查不合格")
    await liangjiang.push_ok("telecom", [("mobile_subs_5g", WHOLE, 1)], "2022-07")
    tasks.on("2022-10-08")

    assert await boards("2022-08-13", "2022-08-14", str(version)) == before
    assert (await tasks.get("task_force", "/board", as_of="2022-08-14")).json() == today
    days = {day: (await tasks.get_ok("task_force", "/board", as_of=day)) for day in ("2022-08-13", "2022-08-14", "2022-08-15")}
    assert [cell_of(board, 6, "telecom")["status"] for board in days.values()] == ["at_risk", "done", "at_risk"]
    assert [board["day"] for board in days.values()] == list(days)
    assert cell_of(await tasks.get_ok("task_force", "/board"), 6, "telecom")["status"] == "overdue"


async def test_unfinished_difficulties_are_counted_at_the_task_that_they_were_linked_to(tasks: TasksApi) -> None:
    async def counted(who: str = "task_force", **as_of: str) -> dict[int, int | None]:
        board = await tasks.get_ok(who, "/board", **as_of)
        return {task["number"]: task["open_difficulties"] for task in board["tasks"]}

    difficulty = {
        "title": "物业不同意进场",
        "category": "property_management",
        "place": "某小区",
        "task": 1,
        "needed": "请协调",
        "needed_by": "2022-08-20",
    }
    api, headers = tasks.practice.api, tasks.headers("telecom")
    tasks.on("2022-08-01")
    filed = await api.post("/v1/difficulties", json=difficulty, headers=headers)
    path = filed.headers["Location"]
    tasks.on("2022-08-02")
    edited = await api.patch(path, json={"task": 2}, headers=headers | {"If-Match": '"1"'})
    tasks.on("2022-08-03")
    withdrawn = await api.post(f"{path}/moves", json={"move": "withdraw"}, headers=headers | {"If-Match": '"2"'})

    assert (filed.status_code, edited.status_code, withdrawn.status_code) == (201, 200, 200), withdrawn.text
    found = [await counted(as_of=day) for day in ("2022-07-31", "2022-08-01", "2022-08-02", "2022-08-03")]
    assert [(day[1], day[2]) for day in found] == [(0, 0), (1, 0), (0, 1), (0, 0)]
    task_force, again = tasks.headers("task_force"), {"move": "assign", "responsible": "industry", "due_on": "2022-08-30"}
    tasks.on("2022-08-04")
    path = (await api.post("/v1/difficulties", json=difficulty, headers=headers)).headers["Location"]
    await api.post(f"{path}/moves", json=again, headers=task_force | {"If-Match": '"1"'})
    tasks.on("2022-08-05")
    repeated = await api.post(f"{path}/moves", json=again, headers=task_force | {"If-Match": '"2"'})  # changes no field
    assert repeated.json()["revision"] == 3
    assert (await counted(as_of="2022-08-04"))[1] == 1
    assert (await counted("telecom"))[1] is None


async def test_days_that_cannot_be_shown_are_refused(tasks: TasksApi) -> None:
    tasks.on("2022-08-15")

    def refusal(answer: Response) -> tuple[int, str]:
        return answer.status_code, answer.json()["code"]

    assert refusal(await tasks.get("economy", "/board", as_of="2022-08-16")) == (422, "future_version")
    assert refusal(await tasks.get("economy", "/board", as_of="2022-02-30")) == (422, "schema")
    assert refusal(await tasks.get("economy", "/board", as_of="2021-01-01")) == (422, "schema")
    assert refusal(await tasks.get("economy", "/board", as_of="soon")) == (422, "schema")
    assert refusal(await tasks.get("telecom", "/board", as_of="1")) == (403, "forbidden")
    assert (await tasks.get("telecom", "/board", as_of="2022-08-15")).status_code == 200


async def test_the_list_filters_by_status_and_organisation_and_the_board_is_a_table_too(tasks: TasksApi) -> None:
    tasks.on("2022-07-16")
    await tasks.finish(11, "telecom", accepted_by="industry")

    overdue = await tasks.get_ok("economy", status="overdue")
    own = await tasks.get_ok("economy", status="overdue", org="telecom")
    streets = await tasks.get_ok("economy", org="renhe")
    unknown = await tasks.get("economy", org="nobody")
    table = (await tasks.get("economy", "/board", format="csv")).content.decode("utf-8-sig")

    assert [task["number"] for task in overdue["items"]] == [9, 11, 12]
    assert [task["number"] for task in own["items"]] == [9, 12]  # telecom's own part of task 11 is done
    eleven = overdue["items"][1]
    assert (eleven["status"], eleven["counts"]) == (
        "overdue",
        [{"status": "overdue", "count": 2}, {"status": "done_late", "count": 1}],
    )
    assert [task["number"] for task in streets["items"]] == [3]
    assert unknown.json()["errors"][0]["code"] == "unknown_org"
    rows = list(csv.DictReader(io.StringIO(table)))
    assert len(rows) == 44
    row = next(row for row in rows if (row["number"], row["org"]) == ("11", "telecom"))
    assert (row["status"], row["status_zh"], row["reasons"], row["accepted_on"]) == (
        *("done_late", "逾期完成"),
        *("reported_late", "2022-07-16"),
    )


async def test_the_inbox_names_what_is_to_be_reported_and_what_is_to_be_accepted(tasks: TasksApi) -> None:
    async def inbox(who: str, **as_of: str) -> list[tuple[str, str, str | None]]:
        answer = await tasks.practice.api.get("/v1/inbox", params={"limit": "500", **as_of}, headers=tasks.headers(who))
        found = [each for each in answer.json()["items"] if each["kind"] == "assignment"]
        return [(each["path"].removeprefix("/v1/tasks/"), each["action"], each["due_on"]) for each in found]

    tasks.on("2022-07-20")
    await tasks.finish(6, "telecom")
    tasks.on("2022-07-21")
    await tasks.move_ok("industry", 6, "telecom", "return", reason="请补充")

    telecom = await inbox("telecom")
    assert (len(telecom), ("6/assignments/telecom", "report_done", "2022-08-15") in telecom) == (12, True)
    assert await inbox("renhe") == [("3/assignments/renhe", "report_progress", None)]
    assert await inbox("industry") == []
    assert await inbox("industry", as_of="2022-07-20") == [("6/assignments/telecom", "accept", None)]
    assert len(await inbox("telecom", as_of="2022-07-20")) == 11


async def test_a_task_has_no_days_left_once_all_that_is_seen_is_reported_done(tasks: TasksApi) -> None:
    tasks.on("2022-07-14")
    for org in ("telecom", "mobile"):
        await tasks.finish(9, org, accepted_by="task_force")
    tasks.on("2022-09-23")

    async def days_left(who: str) -> int | None:
        rows = (await tasks.get_ok(who, "/board"))["tasks"]
        left: int | None = next(row["days_left"] for row in rows if row["number"] == 9)
        return left

    before = [await days_left("task_force"), await days_left("telecom")]
    await tasks.finish(9, "unicom")

    assert before[0] is not None
    assert before[0] < 0
    assert [before[1], await days_left("task_force")] == [None, None]
