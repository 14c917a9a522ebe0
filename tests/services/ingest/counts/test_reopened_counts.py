"""Pushes into a reopened month: every kind of change against a table that is independent of the code."""

from typing import Any, Final, NamedTuple

import psycopg
import pytest
from httpx import Response

from cli.postgres.database_urls import DatabaseUrls
from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi
from tests.fixtures_postgres import Server
from tests.services.ingest.imports.test_undo import undo
from tests.services.ingest.pushing import WHOLE, codes, counts, everything, stored

NAMED, NEW, OTHER, ABSENT = "fbb_subs_total", "fbb_subs_500m", "mobile_subs_total", "fbb_subs_1000m"
STOOD: Final = {NAMED: 80, OTHER: 70}
CELLS: Final = [{"metric": metric, "area": WHOLE} for metric in (NAMED, NEW)]
MONTH: Final = "/v1/submissions/telecom/2022-08"


class ReopenedPush(NamedTuple):
    """Values of a push, and its results in a month that was reopened for `NAMED` and `NEW`."""

    values: dict[str, int]
    atomic: str
    replace: str
    notes: dict[str, str] = {}  # noqa: RUF012 - never changed


# done · 422 the row of OTHER or ABSENT is refused · 409 OTHER would be taken back
REOPENED_PUSHES: Final = {
    "a named count changes": ReopenedPush({NAMED: 81, OTHER: 70}, "done", "done"),
    "a named count is new": ReopenedPush({NAMED: 80, NEW: 5, OTHER: 70}, "done", "done"),
    "a named count is left out": ReopenedPush({OTHER: 70}, "done", "done"),
    "the same again": ReopenedPush(STOOD, "done", "done"),
    "the same again, a note with a named count": ReopenedPush(STOOD, "done", "done", {NAMED: "含专线"}),
    "another count changes": ReopenedPush({NAMED: 81, OTHER: 71}, "422", "422"),
    "another count is new": ReopenedPush({NAMED: 81, ABSENT: 1, OTHER: 70}, "422", "422"),
    "another count gets a note": ReopenedPush(STOOD, "422", "422", {OTHER: "含专线"}),
    "another count is left out": ReopenedPush({NAMED: 81}, "done", "409"),
    "another is left out, one changes": ReopenedPush({NAMED: 81, ABSENT: 1}, "422", "422"),
}
OPENED: Final = {
    "never submitted": "open",
    "reopened": "named",
    "returned, cells pointed at": "open",
    "reopened, submitted, returned": "open",
    "reopened for nothing in particular": "open",  # as earlier releases could
}


async def _send(practice: CampaignApi, pushed: ReopenedPush, mode: str, **question: Any) -> Response:
    rows = [
        {"metric": metric, "area": WHOLE, "month": "2022-08", "value": value}
        | ({"note": pushed.notes[metric]} if metric in pushed.notes else {})
        for metric, value in pushed.values.items()
    ]
    asked = {"mode": mode, "month": "2022-08", "reason": "更正", **question}
    return await practice.api.post(
        "/v1/observations", json={"observations": rows}, params=asked, headers=practice.headers("telecom")
    )


async def _open(practice: CampaignApi, how: str, superuser: psycopg.Connection) -> None:
    await practice.push_ok("telecom", [(metric, WHOLE, value) for metric, value in STOOD.items()])
    if how == "never submitted":
        return
    if how == "returned, cells pointed at":
        await practice.make_moves("telecom", "submit")
        returned = await practice.move("telecom", "return", "economy", reason="请核对", cells=CELLS)
        assert returned.json()["cells"] == CELLS
        return
    await practice.reopen("telecom", (NAMED, WHOLE), (NEW, WHOLE))
    if how == "reopened, submitted, returned":
        await practice.make_moves("telecom", "submit", "return")
    if how == "reopened for nothing in particular":
        superuser.execute("UPDATE submission SET cells = NULL WHERE until IS NULL")


@pytest.mark.parametrize("how", OPENED)
async def test_every_change_does_what_the_table_says(
    liangjiang: CampaignApi, server: Server, urls: DatabaseUrls, how: str
) -> None:
    name = urls.owner.rsplit("/", 1)[1].split("?")[0]
    with psycopg.connect(server.superuser, dbname=name, autocommit=True) as superuser:
        await _open(liangjiang, how, superuser)
    before = everything(urls, liangjiang.campaign)
    for case, pushed in REOPENED_PUSHES.items():
        wanted = {"atomic": pushed.atomic, "partial": pushed.atomic, "replace": pushed.replace}
        for mode, found in wanted.items():
            answer = await _send(liangjiang, pushed, mode, dry_run=True)
            report = answer.json().get("report", {})
            refused = [(each["value"], each["code"]) for each in report.get("errors", [])]
            which = next((metric for metric in (ABSENT, OTHER) if pushed.values.get(metric) != STOOD.get(metric)), OTHER)
            told = (how, case, mode, answer.status_code, refused)
            if OPENED[how] == "open" or found == "done":
                assert told == (how, case, mode, 200, [])
            elif found == "409":
                assert told == (how, case, mode, 409, [])
                assert answer.json()["code"] == "not_reopened"
                assert answer.json()["cells"] == [{"org": "telecom", "month": "2022-08", "metric": OTHER, "area": WHOLE}]
            else:
                status = 200 if mode == "partial" else 422
                assert told == (how, case, mode, status, [(str(pushed.values[which]), "not_reopened")])
                good = len(pushed.values) - 1
                assert report["counts"]["rejected"] == 1
                assert report["counts"]["withheld"] == (0 if mode == "partial" else good)
    assert everything(urls, liangjiang.campaign) == before


async def test_what_was_named_changes_and_nothing_else_until_the_month_is_submitted_again(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(metric, WHOLE, value) for metric, value in STOOD.items()])
    await liangjiang.reopen("telecom", (NAMED, WHOLE))

    partial = await _send(liangjiang, ReopenedPush({NAMED: 81, OTHER: 71}, "", ""), "partial")
    replaced = await _send(liangjiang, ReopenedPush({OTHER: 70}, "", ""), "replace")
    (error,) = partial.json()["report"]["errors"]

    assert partial.json()["report"]["counts"] == counts(received=2, updated=1, rejected=1)
    assert (error["row"], error["column"], error["code"]) == (2, "value", "not_reopened")
    whole_zh, whole = "两江新区（liangjiang）", "Liangjiang New Area (liangjiang)"
    assert error["hint"]["zh"].startswith(f"2022-08 仅就以下数据重新开放：{whole_zh}固定宽带用户数（{NAMED}）。")
    assert error["hint"]["en"].startswith(f"2022-08 was reopened only for Fixed-broadband subscriptions ({NAMED}) in {whole}. ")
    assert replaced.json()["report"]["counts"] == counts(received=1, unchanged=1, retracted=1)
    assert await stored(liangjiang) == {("telecom", OTHER, WHOLE, 70)}
    while_open = await liangjiang.request_reopening("telecom", (OTHER, WHOLE))
    assert (while_open.status_code, "asked for then" in while_open.json()["detail"]) == (409, False)
    assert "再次报送" in while_open.json()["detail"]
    await liangjiang.make_moves("telecom", "submit")
    asked = await liangjiang.request_reopening("telecom", (OTHER, WHOLE))
    await liangjiang.make_moves("telecom", "accept")
    assert (await liangjiang.move("telecom", "reopen", "industry", Role.TASK_FORCE, reason="同意")).status_code == 200
    assert (asked.status_code, (await liangjiang.get_ok(MONTH, "telecom"))["cells"]) == (201, [{"metric": OTHER, "area": WHOLE}])
    assert (await _send(liangjiang, ReopenedPush({OTHER: 71}, "", ""), "atomic")).status_code == 201
    assert (await _send(liangjiang, ReopenedPush({NAMED: 81}, "", ""), "atomic")).status_code == 422


async def test_one_of_several_months_is_held_to_what_was_named(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(OTHER, WHOLE, 70)])
    await liangjiang.reopen("telecom", (NAMED, WHOLE))
    row = {"metric": OTHER, "area": WHOLE, "value": 71}

    both = {"observations": [row | {"month": "2022-07"}, row | {"month": "2022-08"}]}
    answer = await liangjiang.api.post("/v1/observations?mode=partial&reason=x", json=both, headers=liangjiang.headers("telecom"))

    assert codes(answer.json()["report"]) == [(2, "value", "not_reopened")]
    assert await stored(liangjiang) == {("telecom", OTHER, WHOLE, 71), ("telecom", OTHER, WHOLE, 70)}


async def test_a_contradiction_and_a_broken_rule_are_told_beside_what_may_not_change_and_each_row_counts_once(
    liangjiang: CampaignApi,
) -> None:
    await liangjiang.push_ok("telecom", [(metric, WHOLE, value) for metric, value in STOOD.items()])
    await liangjiang.reopen("telecom", (NAMED, WHOLE), (NEW, WHOLE))
    pushed = [(OTHER, 71), (OTHER, 72), (ABSENT, 1), (ABSENT, 1), (NAMED, 80), (NEW, 90)]

    answer = await liangjiang.push("telecom", [(metric, WHOLE, value) for metric, value in pushed], mode="partial", reason="x")

    report = answer.json()["report"]
    assert sorted(codes(report)) == [
        (1, "value", "duplicate_conflict"),
        (2, "value", "duplicate_conflict"),
        (3, "value", "not_reopened"),
        (5, "value", "rule_broken"),
        (6, "value", "rule_broken"),
    ]
    assert report["counts"] == counts(received=6, merged=1, rejected=5)


async def test_a_large_push_is_held_to_what_was_named_too(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(OTHER, WHOLE, 70)])
    await liangjiang.reopen("telecom", (NAMED, WHOLE))
    lines = [f'{{"metric":"{metric}","area":"{WHOLE}","month":"2022-08","value":{value}}}' for metric, value in STOOD.items()]
    lines[1] = lines[1].replace("70", "71")
    body = "\n".join([*lines, *lines[:1] * (1 << 14)])

    answer = await liangjiang.api.post(
        "/v1/observations/files?mode=partial&reason=x",
        content=body,
        headers=liangjiang.headers("telecom") | {"Content-Type": "application/x-ndjson"},
    )

    assert codes(answer.json()["report"]) == [(2, "value", "not_reopened")]
    assert await stored(liangjiang) == {("telecom", NAMED, WHOLE, 80), ("telecom", OTHER, WHOLE, 70)}


async def test_an_undo_that_would_take_back_a_note_only_is_held_to_what_was_named(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(metric, WHOLE, value) for metric, value in STOOD.items()])
    noted = await _send(liangjiang, ReopenedPush(STOOD, "", "", {OTHER: "含专线"}), "atomic")
    await liangjiang.reopen("telecom", (NAMED, WHOLE))

    answer = await undo(liangjiang, noted.json()["id"], reason="更正")

    assert [each[2] for each in codes(answer.json()["report"])] == ["not_reopened"]


@pytest.mark.parametrize("change", [{NAMED: 81}, {OTHER: 71}, {NAMED: 81, OTHER: 71}, {ABSENT: 5}, {NEW: 5}])
async def test_an_import_is_undone_where_it_changed_only_what_was_named(liangjiang: CampaignApi, change: dict[str, int]) -> None:
    await liangjiang.push_ok("telecom", [(metric, WHOLE, value) for metric, value in STOOD.items()])
    changed = await liangjiang.push_ok("telecom", [(metric, WHOLE, value) for metric, value in change.items()])
    await liangjiang.reopen("telecom", (NAMED, WHOLE), (NEW, WHOLE))
    before = await stored(liangjiang)

    answer = await undo(liangjiang, changed["id"], reason="更正")

    if change.keys() <= {NAMED, NEW}:
        assert answer.status_code == 201
        assert await stored(liangjiang) == {("telecom", metric, WHOLE, value) for metric, value in STOOD.items()}
        return
    assert await stored(liangjiang) == before
    if OTHER in change:
        assert [each[2] for each in codes(answer.json()["report"])] == ["not_reopened"]
    else:
        assert (answer.status_code, answer.json()["code"]) == (409, "not_reopened")
        assert answer.json()["cells"] == [{"org": "telecom", "month": "2022-08", "metric": ABSENT, "area": WHOLE}]
