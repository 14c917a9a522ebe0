"""Taking an import back."""

from typing import Any

from httpx import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fixtures_campaign_api import CampaignApi, rows
from tests.services.ingest.pushing import WHOLE, codes, counts, stored

TOTAL, FAST, TOP, FIVE_G, ALL = "fbb_subs_total", "fbb_subs_500m", "fbb_subs_1000m", "mobile_subs_5g", "mobile_subs_total"


async def undo(practice: CampaignApi, imported: str, org: str = "telecom", **question: Any) -> Response:
    """Ask for an import to be taken back."""
    return await practice.api.post(f"/v1/imports/{imported}/undo", params=question, headers=practice.headers(org))


async def test_undoing_restores_what_was_changed_created_and_retracted_as_a_new_import(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100), (FIVE_G, WHOLE, 9)])
    before = await stored(liangjiang)
    replaced = await liangjiang.api.post(
        "/v1/observations?mode=replace&month=2022-08",
        json=rows([(TOTAL, WHOLE, 110), (FAST, WHOLE, 50)]),
        headers=liangjiang.headers("telecom"),
    )
    assert replaced.json()["report"]["counts"] == counts(received=2, created=1, updated=1, retracted=1)

    answer = await undo(liangjiang, replaced.json()["id"])

    assert (answer.status_code, answer.json()["undoes"]) == (201, replaced.json()["id"])
    assert answer.json()["report"]["counts"] == counts(received=2, created=1, updated=1, retracted=1)
    assert await stored(liangjiang) == before
    assert answer.json()["report"]["effects"] != []
    again = await undo(liangjiang, answer.json()["id"])  # an undo is an import like any other
    assert await stored(liangjiang) == {("telecom", TOTAL, WHOLE, 110), ("telecom", FAST, WHOLE, 50)}
    assert again.json()["undoes"] == answer.json()["id"]


async def test_undoing_moves_every_line_back(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100), (FAST, WHOLE, 40), (ALL, WHOLE, 20)])
    changed = await liangjiang.push_ok("telecom", [(FAST, WHOLE, 50), (FIVE_G, WHOLE, 9)])  # the other was not there before

    undone = await undo(liangjiang, changed["id"])

    there, back = (
        {each["indicator"]: each for each in report["effects"]} for report in (changed["report"], undone.json()["report"])
    )
    assert there.keys() == back.keys() == {"fbb_500m_share", "mobile_5g_share"}
    for code, line in there.items():
        assert (back[code]["before"], back[code]["after"]) == (line["after"], line["before"])


async def test_where_something_newer_stands_nothing_is_undone_and_the_cells_are_named(liangjiang: CampaignApi) -> None:
    first = await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100), (FAST, WHOLE, 50)])
    await liangjiang.push_ok("telecom", [(FAST, WHOLE, 60)])
    await liangjiang.push_ok("telecom", [(FAST, WHOLE, 50)])

    refused = await undo(liangjiang, first["id"])

    assert (refused.status_code, refused.json()["code"]) == (409, "changed_since")
    assert refused.json()["cells"] == [{"org": "telecom", "month": "2022-08", "metric": FAST, "area": WHOLE}]
    assert await stored(liangjiang) == {("telecom", TOTAL, WHOLE, 100), ("telecom", FAST, WHOLE, 50)}


async def test_what_was_taken_back_since_is_not_brought_back(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100), (FIVE_G, WHOLE, 9)])
    raised = await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 110)])
    await liangjiang.api.post(
        "/v1/observations?mode=replace&month=2022-08", json=rows([(FIVE_G, WHOLE, 9)]), headers=liangjiang.headers("telecom")
    )

    refused = await undo(liangjiang, raised["id"])

    assert refused.status_code == 409
    assert refused.json()["cells"] == [{"org": "telecom", "month": "2022-08", "metric": TOTAL, "area": WHOLE}]
    assert await stored(liangjiang) == {("telecom", FIVE_G, WHOLE, 9)}


async def test_an_undo_is_judged_by_the_rules_like_a_push(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100)])
    raised = await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 200)])
    await liangjiang.push_ok("telecom", [(FAST, WHOLE, 150)])

    refused = await undo(liangjiang, raised["id"])

    assert refused.status_code == 422
    assert codes(refused.json()["report"]) == [(1, "value", "rule_broken")]
    assert ("telecom", TOTAL, WHOLE, 200) in await stored(liangjiang)


async def test_what_an_undo_takes_away_contradicts_nothing_that_it_puts_back(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(FAST, WHOLE, 150)])
    before = await stored(liangjiang)
    lowered = await liangjiang.push_ok("telecom", [(FAST, WHOLE, 50), (TOTAL, WHOLE, 100)])

    answer = await undo(liangjiang, lowered["id"])  # 150 of 100 would be refused, but the 100 goes

    assert answer.status_code == 201, answer.text
    assert answer.json()["report"]["findings"] == []
    assert await stored(liangjiang) == before


async def test_only_ones_own_effective_imports_of_open_months_are_undone(liangjiang: CampaignApi) -> None:
    pushed = await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100)])
    same = await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100)])
    assert (await undo(liangjiang, pushed["id"], "mobile")).status_code == 404
    assert (await undo(liangjiang, same["id"])).status_code == 409

    rehearsed = await undo(liangjiang, pushed["id"], dry_run=True)
    assert (rehearsed.status_code, rehearsed.json()["report"]["counts"]) == (200, counts(retracted=1))
    assert await stored(liangjiang) == {("telecom", TOTAL, WHOLE, 100)}
    await liangjiang.make_moves("telecom", "submit")
    closed = await undo(liangjiang, pushed["id"])
    assert (closed.status_code, closed.json()["code"]) == (409, "month_closed")


async def test_an_import_that_was_undone_is_not_undone_again_and_the_answer_names_the_undo(liangjiang: CampaignApi) -> None:
    pushed = (await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100)]))["id"]
    headers = liangjiang.headers("telecom") | {"Idempotency-Key": "undo-1"}
    first = await liangjiang.api.post(f"/v1/imports/{pushed}/undo", headers=headers)
    await liangjiang.push_ok("telecom", [(FIVE_G, WHOLE, 9)])
    state = await stored(liangjiang)

    repeated = await liangjiang.api.post(f"/v1/imports/{pushed}/undo", headers=headers)
    again = await undo(liangjiang, pushed)
    rehearsed = await undo(liangjiang, pushed, dry_run=True)

    assert (first.status_code, repeated.content) == (201, first.content)  # a retry is no second undo
    for refused in (again, rehearsed):
        assert (refused.status_code, refused.json()["code"]) == (409, "already_undone")
        assert refused.json()["undone_by"] == first.json()["id"]
        assert refused.json()["restored_by"] is None
        assert refused.json()["detail"] == f"该次导入已于 2022-09-06 10:00 由导入 {first.json()['id']} 撤销。"
    assert await stored(liangjiang) == state


async def test_a_second_undo_without_anything_between_is_refused_too(liangjiang: CampaignApi) -> None:
    pushed = (await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100)]))["id"]
    first, again = [await undo(liangjiang, pushed) for _ in range(2)]

    assert (first.status_code, again.status_code, again.json()["code"]) == (201, 409, "already_undone")


async def test_an_import_whose_undo_was_undone_is_undone_by_undoing_that(liangjiang: CampaignApi) -> None:
    pushed = (await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100)]))["id"]
    undone = (await undo(liangjiang, pushed)).json()["id"]
    restored = (await undo(liangjiang, undone)).json()["id"]

    refused = await undo(liangjiang, pushed)
    twice = await undo(liangjiang, undone)

    assert (refused.status_code, refused.json()["undone_by"], refused.json()["restored_by"]) == (409, undone, restored)
    assert "请撤销后者" in refused.json()["detail"]
    assert (twice.json()["code"], twice.json()["undone_by"], twice.json()["restored_by"]) == ("already_undone", restored, None)
    assert (await undo(liangjiang, restored)).status_code == 201
    assert await stored(liangjiang) == set()


async def test_a_dry_run_and_a_refused_undo_undo_nothing(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 100)])
    raised = (await liangjiang.push_ok("telecom", [(TOTAL, WHOLE, 200)]))["id"]
    await liangjiang.push_ok("telecom", [(FAST, WHOLE, 150)])

    assert (await undo(liangjiang, raised)).json()["code"] == "rows_refused"
    await liangjiang.push_ok("telecom", [(FAST, WHOLE, 50)])
    assert (await undo(liangjiang, raised, dry_run=True)).status_code == 200
    assert (await undo(liangjiang, raised)).status_code == 201


async def test_a_note_comes_back_too(liangjiang: CampaignApi) -> None:
    def noted(note: str | None) -> dict[str, Any]:
        row = {"metric": TOTAL, "area": WHOLE, "month": "2022-08", "value": 5}
        return {"observations": [row | ({"note": note} if note else {})]}

    await liangjiang.api.post("/v1/observations", json=noted(None), headers=liangjiang.headers("telecom"))
    told = await liangjiang.api.post("/v1/observations", json=noted("含专线"), headers=liangjiang.headers("telecom"))

    assert (await undo(liangjiang, told.json()["id"])).status_code == 201
    (row,) = (await liangjiang.get_ok("/v1/observations"))["items"]
    assert (row["value"], row["note"]) == (5, None)


cells = st.dictionaries(st.sampled_from([TOTAL, FIVE_G, "mobile_subs_total"]), st.integers(50, 52), max_size=3)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=cells, change=cells, replace=st.booleans())
async def test_any_push_can_be_undone_while_nothing_is_newer(
    liangjiang: CampaignApi, start: dict[str, int], change: dict[str, int], replace: bool
) -> None:
    headers = liangjiang.headers("telecom")
    ask: dict[str, str] = {"mode": "replace", "month": "2022-08", "allow_empty": "true"}
    values = {"mobile_subs_total": 60} | start
    await liangjiang.api.post("/v1/observations", params=ask, json=rows(_listed(values)), headers=headers)
    before = await stored(liangjiang)
    pushed = await liangjiang.api.post(
        "/v1/observations", params=ask if replace else {}, json=rows(_listed(change)), headers=headers
    )
    if pushed.status_code == 201 and pushed.json()["changed"]:
        assert (await undo(liangjiang, pushed.json()["id"])).status_code == 201
    assert await stored(liangjiang) == before


def _listed(values: dict[str, int]) -> list[tuple[str, str, int]]:
    return [(metric, WHOLE, value) for metric, value in values.items()]
