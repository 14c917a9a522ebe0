"""The workload: open, overdue and finished items by responsible organisation and kind."""

from datetime import datetime
from typing import Any

from tests.filed_cases import WHOLE_CASE
from tests.fixtures_campaign_api import CampaignApi
from tests.services.cases.challenges.challenging import ECONOMY, accepted_month, moved, on_day, opened
from tests.services.cases.items_api import DIFFICULTY, TASK_FORCE, ItemsApi

Line = tuple[str | None, int, int, int, int | None]
"""Organisation; open, overdue and closed items; median of the days."""


async def workload(items: ItemsApi, who: str = "leading_group", **query: Any) -> list[Line]:
    """Return the lines of the workload."""
    lines = (await items.ok(who, "/v1/workload", limit=500, **query))["items"]
    return [(line["org"], line["open"], line["overdue"], line["closed"], line["median_days"]) for line in lines]


async def created(items: ItemsApi, path: str, body: dict[str, Any]) -> str:
    """Create an item of telecom and return its path."""
    return str((await items.post("telecom", path, body)).headers["location"])


async def test_it_counts_by_responsible_organisation(items: ItemsApi) -> None:
    open_, assigned, resolved = [await created(items, "/v1/difficulties", DIFFICULTY) for _ in range(3)]
    for path in (assigned, resolved):
        await items.moved(TASK_FORCE, path, "assign", responsible="yuanyang", due_on="2022-09-08")
    items.set_day("2022-09-09")
    await items.moved("yuanyang", resolved, "answer", answer="已办")
    await items.moved("telecom", resolved, "resolve")

    assert open_
    assert await workload(items, kind="difficulty") == [("yuanyang", 1, 1, 1, 3), (None, 1, 0, 0, None)]
    assert (await items.get("telecom", "/v1/workload")).status_code == 403
    assert await workload(items, "economy", org="yuanyang", kind="difficulty") == [("yuanyang", 1, 1, 1, 3)]
    assert (await items.ok("economy", "/v1/workload"))["as_of"] == "2022-09-09"


async def test_assignments_are_open_until_they_are_accepted_and_overdue_until_they_are_reported_done(items: ItemsApi) -> None:
    async def found() -> dict[str | None, Line]:
        return {line[0]: line for line in await workload(items, kind="assignment")}

    items.set_day("2022-08-20")  # five days after the due date
    path = "/v1/tasks/6/assignments/telecom"
    task = await items.ok("telecom", "/v1/tasks/6")
    measures = [{"code": each["code"], "state": "not_applicable", "reason": "不涉及"} for each in task["measures"]]
    before = await found()
    await items.moved("telecom", path, "report_progress", text="已启动")
    assert await found() == before
    await items.moved("telecom", path, "report_done", text="已完成", measures=measures)
    reported = await found()
    await items.moved(TASK_FORCE, path, "accept")
    accepted = await found()

    overdue = before["telecom"][2]
    assert (before["telecom"], before["renhe"]) == (("telecom", 12, overdue, 0, None), ("renhe", 1, 0, 0, None))
    assert reported["telecom"] == ("telecom", 12, overdue - 1, 0, None)
    assert accepted["telecom"] == ("telecom", 11, overdue - 1, 1, 43)  # since the plan was issued on 8 July
    assert accepted["mobile"] == before["mobile"]
    board = await items.ok("leading_group", "/v1/tasks/board")
    assert sum(entry["org"] == "telecom" for entry in board["overdue"]) == overdue - 1


async def test_days_are_those_of_the_campaign_and_the_lower_one_of_two_is_the_median(items: ItemsApi) -> None:
    items.clock.fixed = datetime.fromisoformat("2022-09-06T23:30+08:00")
    quick, slow = [await created(items, "/v1/difficulties", DIFFICULTY) for _ in range(2)]
    items.clock.fixed = datetime.fromisoformat("2022-09-07T00:30+08:00")  # the same day in UTC
    await items.moved("telecom", quick, "withdraw")
    items.set_day("2022-09-10")
    await items.moved("telecom", slow, "withdraw")

    assert await workload(items, kind="difficulty") == [(None, 0, 0, 2, 1)]
    assert await workload(items, kind="difficulty", as_of="2022-09-06") == [(None, 2, 0, 0, None)]


async def test_the_days_of_an_item_end_with_the_move_that_finished_it(items: ItemsApi) -> None:
    path = await created(items, "/v1/cases", WHOLE_CASE)
    await items.moved("telecom", path, "submit")
    await items.moved(TASK_FORCE, path, "take_up")
    items.set_day("2022-09-09")
    await items.moved(TASK_FORCE, path, "approve", on="2022-09-08")
    for day, move in (("2022-09-20", {"move": "publish"}), ("2022-09-30", {"move": "revoke", "on": "2022-09-30", "reason": "…"})):
        items.set_day(day)
        await items.moved(TASK_FORCE, path, **move)
        assert await workload(items, kind="case") == ([("telecom", 0, 0, 1, 3)] if move["move"] == "publish" else [])
    other = await created(items, "/v1/cases", WHOLE_CASE | {"title": "乙"})
    await items.moved("telecom", other, "submit")
    items.set_day("2022-10-10")
    merged = {"merged_into": path.rpartition("/")[2]}
    await items.moved(TASK_FORCE, other, "merge", **merged)
    after_merge = await workload(items, "economy", kind="case")
    await items.moved(TASK_FORCE, other, "undo_merge", reason="误并")
    undone = await workload(items, "economy", kind="case")
    items.set_day("2022-10-30")
    await items.moved(TASK_FORCE, other, "merge", **merged)

    assert after_merge == [("telecom", 0, 0, 2, 3)]
    assert undone == [("telecom", 1, 0, 1, 3)]
    assert await workload(items, "economy", kind="case", as_of="2022-10-10") == undone
    assert await workload(items, "economy", kind="case", as_of="2022-09-20") == [("telecom", 0, 0, 1, 3)]
    assert await workload(items, "economy", kind="case") == [("telecom", 0, 0, 2, 3)]  # the lower one of 3 and 30


async def test_drafts_are_work_of_nobody_who_does_not_see_them(items: ItemsApi) -> None:
    draft = await created(items, "/v1/cases", WHOLE_CASE)
    submitted = await created(items, "/v1/cases", WHOLE_CASE | {"title": "申报"})
    await items.moved("telecom", submitted, "submit")
    hidden = [await workload(items, who, kind="case") for who in ("economy", TASK_FORCE, "regulator", "leading_group")]
    items.set_day("2022-09-08")
    await items.moved("telecom", draft, "withdraw")
    await items.moved("telecom", submitted, "withdraw")

    assert hidden == [[("telecom", 1, 0, 0, None)]] * 3 + [[]]  # the leading group sees approved ones only
    assert [await workload(items, who, kind="case") for who in ("economy", "regulator")] == [[("telecom", 0, 0, 1, 2)], []]
    assert await workload(items, "economy", kind="case", as_of="2022-09-06") == hidden[0]


async def test_a_challenge_is_work_for_the_organisation_that_must_act(liangjiang: CampaignApi, items: ItemsApi) -> None:
    await accepted_month(liangjiang, "telecom")
    path = await opened(liangjiang)
    expected: dict[str, list[Line]] = {
        "2022-09-06": [("telecom", 1, 0, 0, None)],
        "2022-09-15": [("economy", 1, 0, 0, None)],  # not answered in time, to be decided by the 21st
        "2022-09-22": [("economy", 1, 1, 0, None)],
        "2022-09-23": [("telecom", 0, 0, 1, 17)],
        "2022-10-08": [("telecom", 0, 0, 1, 17)],  # upheld and not corrected in time
    }
    overdue = {}
    for day, lines in expected.items():
        on_day(liangjiang, day)
        if day == "2022-09-23":
            await moved(liangjiang, path, ECONOMY, "uphold")
        assert await workload(items, kind="challenge") == lines, day
        overdue[day] = [(await items.ok("economy", "/v1/challenges", overdue=late))["total"] for late in (True, False)]
        challenge = await items.ok("economy", path)
        assert overdue[day] == [int(challenge["overdue"]), int(not challenge["overdue"])], day

    assert [late for late, _ in overdue.values()] == [0, 0, 1, 0, 0]
    for day, lines in expected.items():
        assert await workload(items, kind="challenge", as_of=day) == lines, day


async def test_an_item_that_was_taken_up_again_is_open(items: ItemsApi) -> None:
    path = "/v1/tasks/6/assignments/telecom"
    items.set_day("2022-07-20")
    task = await items.ok("telecom", "/v1/tasks/6")
    measures = [{"code": each["code"], "state": "not_applicable", "reason": "不涉及"} for each in task["measures"]]
    await items.moved("telecom", path, "report_progress", text="已启动")
    for day, move, who, fields in (
        ("2022-07-21", "report_done", "telecom", {"text": "已完成", "measures": measures}),
        ("2022-07-22", "accept", TASK_FORCE, {}),
        ("2022-07-25", "reopen", TASK_FORCE, {"reason": "复核"}),
        ("2022-07-28", "report_done", "telecom", {"text": "已完成"}),
        ("2022-07-29", "accept", TASK_FORCE, {}),
    ):
        items.set_day(day)
        await items.moved(who, path, move, **fields)

    found = {day: (await workload(items, kind="assignment", org="telecom", as_of=day))[0] for day in DAYS}
    assert {day: (open_, closed, days) for day, (_, open_, _, closed, days) in found.items()} == DAYS


DAYS = {"2022-07-21": (12, 0, None), "2022-07-22": (11, 1, 14), "2022-07-25": (12, 0, None), "2022-07-29": (11, 1, 21)}
"""Open and closed assignments of telecom, and the days from 8 July to the last acceptance."""
