"""Registers in a month that was opened again: their rows change where the request named them, and nowhere else."""

from typing import Any, Final

import pytest
from httpx import Response

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.imports.test_undo import undo
from tests.services.ingest.pushing import WHOLE
from tests.services.ingest.registers.lists import KANGMEI, RENHE, Row, derived, place, push, pushed, station, test_of

OURS: Final = [station("A-1", "telecom"), station("A-2", "telecom", RENHE)]

# What is pushed, in which mode; what becomes of it where the request named base_stations in Kangmei:
# None done · a station: its row is refused · 409: rows would be taken back
SAYINGS: Final[dict[str, tuple[list[Row], str, str | int | None]]] = {
    "the same again": (OURS, "atomic", None),
    "one changes where it may": ([station("A-1", "telecom", band="n28")], "atomic", None),
    "one is new where it may be": ([station("A-3", "telecom")], "atomic", None),
    "one changes elsewhere": ([station("A-2", "telecom", RENHE, band="n28")], "atomic", "A-2"),
    "one is new elsewhere": ([station("A-3", "telecom", RENHE)], "atomic", "A-3"),
    "one moves away": ([station("A-1", "telecom", RENHE)], "atomic", "A-1"),
    "one moves here": ([station("A-2", "telecom", KANGMEI)], "atomic", "A-2"),
    "some of both, in part": (
        [station("A-1", "telecom", band="n28"), station("A-3", "telecom", RENHE)],
        "partial",
        "A-3",
    ),
    "one is taken back where it may be": (OURS[1:], "replace", None),
    "one is taken back elsewhere": (OURS[:1], "replace", 409),
    "one is taken back elsewhere, one is new there": ([*OURS[:1], station("A-3", "telecom", RENHE)], "replace", "A-3"),
}


async def _say(practice: CampaignApi, rows: list[Row], mode: str, **question: Any) -> Response:
    return await push(practice, "telecom", "base_stations", rows, mode=mode, month="2022-08", reason="更正", **question)


async def test_every_change_of_a_list_does_what_the_table_says(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "telecom", "base_stations", OURS)
    await liangjiang.reopen("telecom", registers=[("base_stations", KANGMEI)])
    before = derived(liangjiang)
    for case, (rows, mode, wanted) in SAYINGS.items():
        answer = await _say(liangjiang, rows, mode, dry_run=True)
        document = answer.json()
        refused = [(each["value"], each["code"]) for each in document.get("report", {}).get("errors", [])]
        if wanted is None:
            assert (case, answer.status_code, refused) == (case, 200, [])
        elif wanted == 409:
            assert (case, answer.status_code, document["code"]) == (case, 409, "not_reopened")
            assert document["rows"] == [{"month": "2022-08", "key": "telecom/A-2"}]
        else:
            assert (case, answer.status_code) == (case, 200 if mode == "partial" else 422)
            assert refused == [(wanted, "not_reopened")]
    assert derived(liangjiang) == before


@pytest.mark.parametrize(
    ("registers", "done"),
    [([("base_stations", WHOLE)], True), ([("place_tests", WHOLE)], False), ([], False)],
)
async def test_a_register_is_open_only_where_it_was_named(
    liangjiang: CampaignApi, registers: list[tuple[str, str]], done: bool
) -> None:
    await pushed(liangjiang, "telecom", "base_stations", OURS)
    changed = await push(liangjiang, "telecom", "base_stations", [station("A-2", "telecom", RENHE, band="n28")])
    await liangjiang.reopen("telecom", registers=registers)

    moved = await _say(liangjiang, [station("A-1", "telecom", RENHE)], "atomic", dry_run=True)
    undone = await undo(liangjiang, changed.json()["id"], reason="更正")
    count = await liangjiang.push("telecom", [("fbb_subs_total", WHOLE, 5)], reason="更正", dry_run=True)

    assert (moved.status_code, undone.status_code) == ((200, 201) if done else (422, 422))
    assert count.status_code == (422 if registers else 200)


async def test_tests_of_places_are_open_where_the_place_is(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "industry", "key_places", [place("P-1"), place("P-2", RENHE)])
    tests = [test_of("P-1", reached=False), test_of("P-2", reached=False)]
    await pushed(liangjiang, "telecom", "place_tests", tests)
    await liangjiang.reopen("telecom", registers=[("place_tests", KANGMEI)])

    both = await push(
        liangjiang,
        "telecom",
        "place_tests",
        [test_of("P-1", reached=True), test_of("P-2", reached=True)],
        reason="x",
        mode="partial",
    )

    assert [(each["value"], each["code"]) for each in both.json()["report"]["errors"]] == [("P-2", "not_reopened")]
    assert derived(liangjiang)["telecom", "key_places_reached_tested", KANGMEI] == 1
    assert derived(liangjiang)["telecom", "key_places_reached_tested", RENHE] == 0


async def test_a_list_of_the_task_forces_own_organisation_is_opened_by_another_bureau(liangjiang: CampaignApi) -> None:
    month = "/v1/submissions/industry/2022-08"
    await pushed(liangjiang, "industry", "key_places", [place("P-1"), place("P-2", RENHE)])
    await liangjiang.make_moves("industry", "submit", "accept")
    asked = await liangjiang.request_reopening("industry", registers=[("key_places", KANGMEI)])
    request = await liangjiang.get_ok(asked.headers["Location"])

    own = await liangjiang.move("industry", "reopen", "industry", Role.TASK_FORCE, reason="同意")
    opened = await liangjiang.move("industry", "reopen", "economy", reason="同意")

    named = [{"register": "key_places", "area": KANGMEI}]
    assert (asked.status_code, request["cells"], request["registers"], request["actions"]) == (201, [], named, ["decline"])
    assert (own.status_code, opened.status_code) == (403, 200)
    assert (opened.json()["state"], opened.json()["cells"], opened.json()["registers"]) == ("open", [], named)
    assert (await liangjiang.get_ok(asked.headers["Location"]))["decided_org"] == "economy"
    renamed = [place("P-1", name="改名"), place("P-2", RENHE, name="改名")]
    answer = await push(liangjiang, "industry", "key_places", renamed, mode="partial", reason="更名")
    (error,) = answer.json()["report"]["errors"]
    assert (error["value"], error["code"]) == ("P-2", "not_reopened")
    assert "：康美街道（500112022）重点场所（registers/key_places）。" in error["hint"]["zh"]
    assert " only for key places (registers/key_places) in Kangmei Subdistrict (500112022). " in error["hint"]["en"]
    assert answer.json()["report"]["counts"]["updated"] == 1
    assert [each["org"] for each in (await liangjiang.get_ok("/v1/submissions", month="2022-08"))["items"]].count("industry") == 1
    assert (await liangjiang.get_ok(month))["reopening"] is None


@pytest.mark.parametrize(
    ("part", "where", "code"),
    [
        ({"register": "compounds", "area": KANGMEI}, "/registers/0/register", "unknown_register"),
        ({"register": "base_stations", "area": "500112"}, "/registers/0/area", "unknown_area"),
        ({"register": "stations", "area": KANGMEI}, "/registers/0/register", None),
        ({"register": "base_stations"}, "/registers/0/area", None),
    ],
)
async def test_a_request_names_registers_that_the_organisation_keeps(
    liangjiang: CampaignApi, part: dict[str, str], where: str, code: str | None
) -> None:
    await liangjiang.make_moves("telecom", "submit")

    refused = await liangjiang.api.post(
        "/v1/submissions/telecom/2022-08/reopenings",
        json={"registers": [part], "reason": "x"},
        headers=liangjiang.headers("telecom"),
    )

    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["where"]) == (422, where)
    assert code in (None, error["code"])


async def test_a_street_office_names_its_own_street_only_and_nothing_twice(liangjiang: CampaignApi) -> None:
    await liangjiang.make_moves("kangmei", "submit")
    parts = [("compounds", KANGMEI), ("compounds", RENHE), ("compounds", KANGMEI)]

    refused = await liangjiang.request_reopening("kangmei", registers=parts)

    assert [(each["where"], each["code"]) for each in refused.json()["errors"]] == [
        ("/registers/1/area", "unknown_area"),
        ("/registers/2", "duplicate"),
    ]
