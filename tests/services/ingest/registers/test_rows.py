"""Rows of registers: their types, what they refer to, and what becomes of them."""

import asyncio
import io
from typing import Any

import psycopg
import pytest
import xlsxwriter  # type: ignore[import-untyped]

from cli.postgres.database_urls import DatabaseUrls
from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.pushing import everything
from tests.services.ingest.registers.lists import (
    KANGMEI,
    RENHE,
    building,
    covered,
    derived,
    place,
    push,
    pushed,
    refusals,
    sent,
    station,
    test_of,
)

LATE = station("1", "telecom", in_service_since="2022-09-01")


@pytest.mark.parametrize(
    ("org", "register", "row", "column", "code"),
    [
        ("economy", "key_places", place("A", "500112999"), "area", "unknown_area"),
        ("economy", "key_places", place("A", "康美街道"), "area", "unknown_area"),
        ("economy", "key_places", place("A", "liangjiang"), "area", "wrong_grain"),
        ("kangmei", "key_places", place("A", RENHE), "area", "foreign_area"),
        ("economy", "key_places", place("A", category="hospitals"), "category", "unknown_term"),
        ("economy", "key_places", place("A", longitude=181), "longitude", "out_of_range"),
        ("economy", "key_places", place("A", longitude="106.5"), "longitude", "value_is_text"),
        ("economy", "key_places", place("A", floor=3), "floor", "unknown_field"),
        ("economy", "key_places", place("A B"), "id", "bad_text"),
        ("economy", "key_places", place("A", month="2022-10"), "month", "month_not_open"),
        ("economy", "key_places", place("A", name=None), "name", "missing_field"),
        ("kangmei", "compounds", building("1", -1), "households", "negative"),
        ("kangmei", "compounds", building("1", 1_000_001), "households", "out_of_range"),
        ("kangmei", "compounds", building("1", 5) | {"households": 5.0}, "households", "fraction"),
        ("telecom", "base_stations", station("1", "china_telecom"), "built_by", "unknown_term"),
        ("telecom", "base_stations", station("1", "telecom", shared_with="unicom"), "shared_with", "not_a_list"),
        ("telecom", "base_stations", station("1", "telecom", shared_with=["x"]), "shared_with", "unknown_term"),
        ("telecom", "base_stations", LATE, "in_service_since", "after_month"),
        ("telecom", "base_stations", LATE | {"in_service_since": "2022-02-30"}, "in_service_since", "date_malformed"),
    ],
)
async def test_a_wrong_value_is_named_with_its_column(
    liangjiang: CampaignApi, org: str, register: str, row: dict[str, object], column: str, code: str
) -> None:
    assert refusals(await push(liangjiang, org, register, [row])) == [(1, column, code)]


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"place": "B"}, "place", "unknown_place"),
        ({"reached": "是"}, "reached", "not_yes_no"),
        ({"tested_at": "2022-08-15T10:30:00"}, "tested_at", "date_malformed"),
        ({"tested_at": "2022-08-31T16:00:00Z"}, "tested_at", "after_month"),  # September in Chongqing
        ({"rsrp_dbm": -92.1234567}, "rsrp_dbm", "not_a_decimal"),
        ({"rsrp_dbm": 3}, "rsrp_dbm", "out_of_range"),
    ],
)
async def test_a_wrong_test_of_a_place_is_named(
    liangjiang: CampaignApi, change: dict[str, object], column: str, code: str
) -> None:
    await pushed(liangjiang, "economy", "key_places", [place("A")])

    assert refusals(await push(liangjiang, "telecom", "place_tests", [test_of("A", reached=True) | change])) == [
        (1, column, code)
    ]


async def test_coverage_names_a_building_and_is_at_most_its_households(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "kangmei", "compounds", [building("KM-1", 100)])

    answer = await push(liangjiang, "telecom", "home_coverage", [covered("KM-1", 101), covered("KM-2", 1), covered("KM-1x", 1)])

    assert refusals(answer) == [
        (1, "covered", "above_households"),
        (2, "building", "unknown_building"),
        (3, "building", "unknown_building"),
    ]
    first, second, _ = answer.json()["report"]["errors"]
    assert first["hint"]["en"] == "enter at most 100, the households of the building"
    assert second["hint"]["en"] == "did you mean KM-1?"


async def test_an_empty_list_to_refer_to_says_so(liangjiang: CampaignApi) -> None:
    answer = await push(liangjiang, "telecom", "place_tests", [test_of("A", reached=True)])

    assert answer.json()["report"]["errors"][0]["hint"]["en"] == "wait until the register of key places has rows for 2022-08"


async def test_partial_takes_the_good_rows_and_replace_takes_back_what_is_absent(
    liangjiang: CampaignApi, urls: DatabaseUrls
) -> None:
    partial = await pushed(liangjiang, "kangmei", "compounds", [building("1", 10), building("2", -1)], mode="partial")
    again = await pushed(liangjiang, "kangmei", "compounds", [building("1", 11), building("3", 5)])
    replaced = await pushed(liangjiang, "kangmei", "compounds", [building("3", 5)], mode="replace", month="2022-08")

    assert partial == {"received": 2, "created": 1, "rejected": 1}
    assert again == {"received": 2, "created": 1, "updated": 1}
    assert replaced == {"received": 1, "unchanged": 1, "retracted": 1}
    assert derived(liangjiang) == {("*", "households_registered", KANGMEI): 5}
    with psycopg.connect(urls.owner) as owner:
        owner.execute("SELECT gigacity_begin(%s, '*', 'campaign')", [liangjiang.campaign])
        rows = owner.execute(
            "SELECT key, body ->> 'households', until - version FROM register_row_history ORDER BY version"
        ).fetchall()
        counts = owner.execute("SELECT value, until - version FROM observation_history ORDER BY version").fetchall()
    assert rows == [("1", "10", 1), ("1", "11", 1)]
    assert counts == [(10, 1), (16, 1)]


async def test_replacing_by_nothing_takes_the_derived_counts_back(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "kangmei", "compounds", [building("1", 10)])

    await pushed(liangjiang, "kangmei", "compounds", mode="replace", month="2022-08", allow_empty="true")

    assert derived(liangjiang) == {}


async def test_replacing_counts_leaves_what_registers_derived(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "telecom", "base_stations", [station("1", "telecom")])
    before = derived(liangjiang)

    answer = await liangjiang.api.post(
        "/v1/observations",
        json={"observations": []},
        params={"mode": "replace", "month": "2022-08", "allow_empty": "true"},
        headers=liangjiang.headers("telecom"),
    )

    assert answer.status_code == 201
    assert derived(liangjiang) == before


async def test_a_dry_run_leaves_nothing(liangjiang: CampaignApi, urls: DatabaseUrls) -> None:
    await pushed(liangjiang, "kangmei", "compounds", [building("1", 10)])
    before = everything(urls, liangjiang.campaign)

    dry = await pushed(liangjiang, "kangmei", "compounds", [building("1", 12), building("2", 1)], dry_run="true")

    assert dry == {"received": 2, "created": 1, "updated": 1}
    assert everything(urls, liangjiang.campaign) == before
    assert len((await liangjiang.get_ok("/v1/registers/compounds/rows", "kangmei"))["items"]) == 1


async def test_the_same_thing_said_twice_is_merged_and_said_differently_is_refused(liangjiang: CampaignApi) -> None:
    answer = await push(
        liangjiang, "kangmei", "compounds", [building("1", 10), building("1", 10), building("2", 1), building("2", 2)]
    )

    assert refusals(answer) == [(3, "building", "duplicate_conflict"), (4, "building", "duplicate_conflict")]
    counts = answer.json()["report"]["counts"]
    assert (counts["received"], counts["merged"], counts["rejected"], counts["withheld"]) == (4, 1, 2, 1)


async def test_a_month_is_carried_over_with_corrections_on_top(liangjiang: CampaignApi) -> None:
    july = [building("1", 10, month="2022-07"), building("2", 20, month="2022-07")]
    await pushed(liangjiang, "kangmei", "compounds", july)
    await pushed(liangjiang, "kangmei", "compounds", [building("3", 30)])

    answer = await liangjiang.api.post(
        "/v1/registers/compounds/rows", params={"month": "2022-08", "copy_from": "2022-07"}, headers=liangjiang.headers("kangmei")
    )
    assert answer.status_code == 201, answer.text
    first = answer.json()["report"]["counts"]
    on_top = await pushed(liangjiang, "kangmei", "compounds", [building("2", 21)], month="2022-08", copy_from="2022-07")
    exact = await pushed(
        liangjiang, "kangmei", "compounds", [building("2", 22)], month="2022-08", copy_from="2022-07", mode="replace"
    )

    assert (first["received"], first["created"]) == (2, 2)
    assert on_top == {"received": 1, "updated": 1}
    assert exact == {"received": 2, "updated": 1, "unchanged": 1, "retracted": 1}
    assert derived(liangjiang) == {("*", "households_registered", KANGMEI): 32}
    assert derived(liangjiang, "2022-07") == {("*", "households_registered", KANGMEI): 30}


async def test_a_carried_row_that_names_nothing_any_more_is_refused_by_name(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "economy", "key_places", [place("A", month="2022-07"), place("B", month="2022-07"), place("A")])
    tests = [test_of(key, reached=True, month="2022-07", tested_at="2022-07-02T10:00:00+08:00") for key in "AB"]
    await pushed(liangjiang, "telecom", "place_tests", tests)

    answer = await push(liangjiang, "telecom", "place_tests", month="2022-08", copy_from="2022-07")

    assert refusals(answer) == [(None, "place", "unknown_place")]
    assert answer.json()["report"]["errors"][0]["value"] == "B"


async def test_a_submitted_list_keeps_its_places_and_later_lists_say_why_one_is_gone(liangjiang: CampaignApi) -> None:
    july = liangjiang.for_month("2022-07")
    listed = [place(key, month="2022-07") for key in "AB"]
    await pushed(july, "economy", "key_places", listed)
    await july.make_moves("economy", "submit", "return")

    added = await push(july, "economy", "key_places", [place("C", month="2022-07")], reason="更正")
    removed = await push(july, "economy", "key_places", [place("A", month="2022-07", removed_because="x")], reason="更正")
    moved = await push(july, "economy", "key_places", [place("A", RENHE, month="2022-07")], reason="更正")
    dropped = await push(july, "economy", "key_places", listed[:1], mode="replace", month="2022-07", reason="更正")
    renamed = await pushed(july, "economy", "key_places", [place("A", month="2022-07", name="新名称")], reason="更正")

    assert refusals(added) == [(1, "id", "place_frozen")]
    assert refusals(removed) == [(1, "removed_because", "place_frozen")]
    assert refusals(moved) == [(1, "area", "place_frozen")]
    assert (dropped.status_code, dropped.json()["places"]) == (409, ["B"])
    assert renamed == {"received": 1, "updated": 1}

    silent = await push(liangjiang, "economy", "key_places", [place("A"), place("C")])
    said = await pushed(
        liangjiang,
        "economy",
        "key_places",
        [place("B", removed_because="拆除"), place("C")],
        month="2022-08",
        copy_from="2022-07",
    )

    assert (silent.status_code, silent.json()["places"]) == (409, ["B"])
    assert "copy_from=2022-07" in silent.json()["detail"]
    assert said == {"received": 3, "created": 3}
    assert derived(liangjiang) == {("*", "key_places_on_register", KANGMEI): 2}
    assert derived(liangjiang, "2022-07") == {("*", "key_places_on_register", KANGMEI): 2}

    await liangjiang.make_moves("economy", "submit")
    september = liangjiang.for_month("2022-09")
    assert await pushed(september, "economy", "key_places", month="2022-09", copy_from="2022-08") == {"received": 2, "created": 2}


async def test_two_carriers_at_once_lose_nothing(liangjiang: CampaignApi) -> None:
    keys = [f"P{number}" for number in range(12)]
    await pushed(liangjiang, "economy", "key_places", [place(key) for key in keys])
    await pushed(liangjiang, "unicom", "place_tests", [test_of(key, reached=False) for key in keys])

    async def carrier(org: str, own: list[str]) -> None:
        for key in own:
            await pushed(liangjiang, org, "place_tests", [test_of(key, reached=True)])

    await asyncio.gather(carrier("telecom", keys[:8]), carrier("mobile", keys[4:]))

    found = derived(liangjiang)
    assert (found["*", "key_places_reached_any", KANGMEI], found["*", "key_places_reached_all", KANGMEI]) == (12, 0)

    both = [
        pushed(liangjiang, org, "place_tests", [test_of(key, reached=True) for key in keys])
        for org in ("telecom", "mobile", "unicom")
    ]
    await asyncio.gather(*both)

    assert derived(liangjiang)["*", "key_places_reached_all", KANGMEI] == 12


async def test_a_carrier_learns_nothing_of_another_carriers_rows(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "kangmei", "compounds", [building("1", 10)])
    alone = await push(liangjiang, "telecom", "home_coverage", [covered("1", 5)], dry_run="true")
    await pushed(liangjiang, "mobile", "home_coverage", [covered("1", 9)])
    await pushed(liangjiang, "unicom", "home_coverage", [covered("1", 2)])
    beside = await push(liangjiang, "telecom", "home_coverage", [covered("1", 5)], dry_run="true")
    await pushed(liangjiang, "telecom", "home_coverage", [covered("1", 5)])

    rows = await liangjiang.get_ok("/v1/registers/home_coverage/rows", "telecom")
    counts = await liangjiang.get_ok("/v1/observations", "telecom")
    others = await liangjiang.get("/v1/registers/home_coverage/rows", "telecom", org="mobile")
    clerk = await liangjiang.get("/v1/registers/home_coverage/rows", "kangmei")

    assert alone.json()["report"] == beside.json()["report"]
    assert {row["org"] for row in rows["items"]} == {"telecom"}
    assert {row["org"] for row in counts["items"]} == {"telecom"}
    assert (others.status_code, clerk.status_code) == (403, 403)
    assert {row["org"] for row in (await liangjiang.get_ok("/v1/registers/home_coverage/rows"))["items"]} == {
        "telecom",
        "mobile",
        "unicom",
    }


async def test_a_repeated_body_is_pushed_again_once_a_list_it_refers_to_may_have_changed(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "economy", "key_places", [place("A")])
    first = await push(liangjiang, "telecom", "place_tests", [test_of("A", reached=True)])
    at_once = await push(liangjiang, "telecom", "place_tests", [test_of("A", reached=True)])
    own = await push(liangjiang, "mobile", "base_stations", [station("1", "mobile")])
    await pushed(liangjiang, "economy", "key_places", [place("A", RENHE)])

    again = await push(liangjiang, "telecom", "place_tests", [test_of("A", reached=True)])
    refers_to_nothing = await push(liangjiang, "mobile", "base_stations", [station("1", "mobile")])

    assert at_once.json()["report"]["same_as"] == first.json()["id"]
    assert (again.json()["report"]["same_as"], again.json()["report"]["counts"]["updated"]) == (None, 1)
    assert derived(liangjiang)["telecom", "key_places_reached_tested", RENHE] == 1
    assert refers_to_nothing.json()["report"]["same_as"] == own.json()["id"]


async def test_carriers_read_the_lists_they_refer_to(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "economy", "key_places", [place("A"), place("B", RENHE)])

    page = await liangjiang.get_ok("/v1/registers/key_places/rows", "telecom", month="2022-08", limit=1)
    rest = await liangjiang.get_ok("/v1/registers/key_places/rows", "telecom", month="2022-08", limit=1, next=page["next"])

    assert (page["total"], [row["id"] for row in page["items"] + rest["items"]], rest["next"]) == (2, ["A", "B"], None)
    assert page["items"][0]["removed_because"] is None


@pytest.mark.parametrize(
    ("org", "register", "status"),
    [
        ("tower", "place_tests", 403),
        ("telecom", "key_places", 403),
        ("economy", "compounds", 403),
        ("economy", "base_stations", 403),
    ],
)
async def test_who_does_not_keep_a_register_cannot_push_it(liangjiang: CampaignApi, org: str, register: str, status: int) -> None:
    assert (await push(liangjiang, org, register)).status_code == status


async def test_an_older_version_is_read_as_it_stood(liangjiang: CampaignApi) -> None:
    streets = [area["code"] for area in (await liangjiang.get_ok("/v1/catalogue"))["areas"] if area["parent"]]
    await liangjiang.push_ok("economy", [("households_urban", street, 10) for street in streets])
    await pushed(liangjiang, "kangmei", "compounds", [building("1", 10)])
    for carrier in ("telecom", "mobile", "unicom"):
        await pushed(liangjiang, carrier, "home_coverage", [covered("1", 4)])
    before = await liangjiang.get_ok("/v1/summary", month="2022-08", group_by="area")
    await pushed(liangjiang, "telecom", "home_coverage", [covered("1", 9)])

    now = await liangjiang.get_ok("/v1/summary", month="2022-08", group_by="area")
    again = await liangjiang.get_ok("/v1/summary", month="2022-08", group_by="area", as_of=before["data_version"])

    assert again["lines"] == before["lines"] != now["lines"]


TABLE = (
    "月份,场所编号,场所名称,场所类别,街道,经度,备注,联系人\r\n"
    "2022年8月,A,  社区医院 ,三级以上公办医院,康美街道,106.5,,张三\r\n"
    ",,,,,,,\r\n"
    "2022/8,B,大学,university,500112009,,新校区,\r\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
async def test_a_csv_is_read_generously_and_says_how(liangjiang: CampaignApi, encoding: str) -> None:
    answer = await sent(liangjiang, "economy", "key_places", TABLE.encode(encoding), ".csv")

    assert answer.status_code == 201, answer.text
    report = answer.json()["report"]
    assert [(entry["reason"], entry["cell"], entry["text"]) for entry in report["passed_over"]] == [
        ("comparison_column", "H1", "联系人")
    ]
    kinds = {note["kind"] for note in report["normalisations"]}
    assert kinds >= {"month_form", "term_name", "area_name", "space", "blank_row"}
    rows = (await liangjiang.get_ok("/v1/registers/key_places/rows"))["items"]
    assert [(row["id"], row["name"], row["category"], row["area"], row["longitude"]) for row in rows] == [
        ("A", "社区医院", "hospital", KANGMEI, 106.5),
        ("B", "大学", "university", RENHE, None),
    ]


async def test_a_workbooks_errors_name_the_cell(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "economy", "key_places", [place("A"), place("B")])
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file)
    book.add_worksheet("说明").write_row(0, 0, ["请填写第二张表"])
    sheet = book.add_worksheet("测试")
    sheet.write_row(0, 0, ["重点场所5G测试"])
    sheet.write_row(1, 0, ["月份", "场所编号", "是否通达", "信号电平", "测试时间"])
    sheet.write_row(2, 0, ["202208", "A", "是", -92.5, "2022-08-15 10:30"])
    sheet.write_row(3, 0, ["202208", "B", "不详", -92.5, "2022年8月15日"])
    sheet.write_row(4, 0, ["202208", "Z", "否", -92.5, "2022-08-15"])
    book.close()

    answer = await sent(liangjiang, "telecom", "place_tests", file.getvalue(), ".xlsx", mode="partial")

    assert answer.status_code == 201, answer.text
    errors = [(error["sheet"], error["cell"], error["code"]) for error in answer.json()["report"]["errors"]]
    assert errors == [("测试", "C4", "not_yes_no"), ("测试", "B5", "unknown_place")]
    (row,) = (await liangjiang.get_ok("/v1/registers/place_tests/rows"))["items"]
    assert (row["place"], row["reached"], row["rsrp_dbm"], row["tested_at"]) == ("A", True, -92.5, "2022-08-15T02:30:00.000000Z")


async def test_a_test_is_read_in_utc_and_pushing_that_changes_nothing(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "economy", "key_places", [place("A")])
    await pushed(liangjiang, "telecom", "place_tests", [test_of("A", reached=True)])

    table = await liangjiang.get("/v1/registers/place_tests/rows", format="csv")
    (row,) = (await liangjiang.get_ok("/v1/registers/place_tests/rows"))["items"]

    instant = "2022-08-15T02:30:00.000000Z"
    assert (row["tested_at"], f",{instant}," in table.text) == (instant, True)
    again = await pushed(liangjiang, "telecom", "place_tests", [test_of("A", reached=True, tested_at=instant)])
    assert again["unchanged"] == 1


@pytest.mark.parametrize(
    "body", [b"[]", b'{"observations": []}', b"{", b'{"rows": {}}', b'\xef\xbb\xbf{"rows": []}', b'{"rows": []} x']
)
async def test_another_document_is_no_push(liangjiang: CampaignApi, body: bytes) -> None:
    answer = await sent(liangjiang, "kangmei", "compounds", body, ".json")

    assert answer.status_code in (400, 422)
    assert answer.json()["code"] in {"malformed", "schema"}


async def test_ndjson_names_the_line(liangjiang: CampaignApi) -> None:
    good = b'{"month": "2022-08", "building": "1", "compound": "x", "area": "500112022", "households": 3}'
    body = good + b"\n\n{\n" + good.replace(b"3}", b'3, "households": 4}')

    assert refusals(await sent(liangjiang, "kangmei", "compounds", body, ".ndjson")) == [
        (3, None, "malformed_row"),
        (4, None, "malformed_row"),
    ]


async def test_rows_of_a_push_are_not_compared_each_with_each(liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that does so for want of statistics took 30 s for 10 000 rows."""
    settings: list[str] = []
    execute = psycopg.AsyncConnection.execute

    async def noted(self: Any, query: Any, *binds: Any, **options: Any) -> Any:
        text = str(query)
        if any(table in text for table in ("register_stage", "register_touched", "enable_nestloop")) and "CREATE" not in text:
            settings.append(text if text.startswith("SET") else "statement")
        return await execute(self, query, *binds, **options)

    monkeypatch.setattr(psycopg.AsyncConnection, "execute", noted)
    await pushed(liangjiang, "telecom", "base_stations", [station("A", "telecom")])
    await pushed(liangjiang, "telecom", "base_stations", [station("B", "telecom")], mode="replace", month="2022-08")

    ends = [place for place, each in enumerate(settings) if each.endswith("= on")]
    assert len(ends) == 2
    for part in (settings[: ends[0] + 1], settings[ends[0] + 1 :]):
        assert (part[0], part[-1]) == ("SET LOCAL enable_nestloop = off", "SET LOCAL enable_nestloop = on")
        assert len(part) > 5
        assert set(part[1:-1]) == {"statement"}
