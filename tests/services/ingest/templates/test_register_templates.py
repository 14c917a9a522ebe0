"""Templates of registers: lists as they stand, a line for each thing to report on, and back as they are."""

import re
from typing import Any

import pytest

from services.ingest.registers.template_columns import read_only_titles
from shared.registers import REGISTERS
from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.registers.lists import KANGMEI, building, covered, place, pushed, sent, station, test_of
from tests.services.ingest.templates.filling import Table, parts, saved, sheets_of, table_of

ENDINGS = ("xlsx", "csv")
ODD = {"note": "=1+1;-2", "removed_because": "@拆除"}
LISTED: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "key_places": (
        "economy",
        [place("KP-1", longitude=106.5123, latitude=-0.5, note="'引号"), place("0002", area="500112009", **ODD)],
    ),
    "compounds": ("kangmei", [building("KM-1", 132, name="1栋"), building("KM-2", 0, note="-")]),
    "base_stations": ("telecom", [station("0001", "telecom", shared_with=["mobile", "unicom"]), station("0001", "unicom")]),
    "place_tests": ("mobile", [test_of("KP-1", reached=False, rsrp_dbm=-92.5, download_mbps=0, upload_mbps=58.123456)]),
    "home_coverage": ("unicom", [covered("KM-1", 0), covered("KM-2", 0, note="＝1")]),
}


async def template(practice: CampaignApi, org: str, register: str, ending: str, month: str = "2022-08") -> bytes:
    """A template that is there."""
    answer = await practice.get(f"/v1/templates/registers/{register}.{ending}", org, month=month)
    assert answer.status_code == 200, answer.text
    return answer.content


async def back(practice: CampaignApi, org: str, register: str, file: bytes, ending: str) -> dict[str, Any]:
    """The report of a template that was pushed back."""
    answer = await sent(practice, org, register, file, f".{ending}", allow_empty="true")
    assert answer.status_code == 201, answer.text
    report: dict[str, Any] = answer.json()["report"]
    shown = {title for columns in map(read_only_titles, REGISTERS.values()) for title in columns}
    assert [
        entry for entry in report["passed_over"] if entry["reason"] not in {"sheet", "hidden"} and entry["text"] not in shown
    ] == []
    return {name: count for name, count in report["counts"].items() if count}


def filled(table: Table, row: int, **values: object) -> Table:
    """The table with cells of a row filled in, by the code in their column's title."""
    for name, value in values.items():
        table[row][next(place for place, title in enumerate(table[0]) if title.endswith(f" {name}"))] = value
    return table


@pytest.mark.parametrize("ending", ENDINGS)
async def test_whatever_stands_comes_back_from_a_template_unchanged(liangjiang: CampaignApi, ending: str) -> None:
    for register, (org, rows) in LISTED.items():
        assert await pushed(liangjiang, org, register, rows) == {"received": len(rows), "created": len(rows)}, register

    for register, (org, rows) in LISTED.items():
        counts = await back(liangjiang, org, register, await template(liangjiang, org, register, ending), ending)

        counts.pop("blank", None)
        assert counts == {"received": len(rows), "unchanged": len(rows)}, register


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_line_stands_for_each_place_or_building_and_says_nothing_until_it_is_filled_in(
    liangjiang: CampaignApi, ending: str
) -> None:
    await pushed(liangjiang, "economy", "key_places", [place("B"), place("A"), place("C", removed_because="拆除")])
    for month in ("2022-07", "2022-08"):
        await pushed(liangjiang, "kangmei", "compounds", [building("KM-1", 132) | {"month": month}])
    await pushed(liangjiang, "telecom", "home_coverage", [covered("KM-1", 100) | {"month": "2022-07"}])

    tests = table_of(await template(liangjiang, "telecom", "place_tests", ending), ending)
    homes = table_of(await template(liangjiang, "telecom", "home_coverage", ending), ending)

    month = {"xlsx": "2022-08", "csv": "2022年8月"}[ending]
    assert [line[:6] for line in tests[1:]] == [
        [month, key, f"场所{key}", "三级以上公办医院", "康美街道", ""] for key in ("A", "B")
    ]
    assert [str(cell).removesuffix(".0") for cell in homes[1]] == [
        month,
        "KM-1",
        "康美佳苑",
        "",
        "康美街道",
        "132",
        "100",
        "",
        "",
    ]
    assert await back(liangjiang, "telecom", "place_tests", saved(tests, ending), ending) == {"blank": 2}
    filled(tests, 2, reached="是", tested_at="2022-08-15 10:30", rsrp_dbm=-92.5)
    assert await back(liangjiang, "telecom", "place_tests", saved(tests, ending), ending) == {
        "received": 1,
        "created": 1,
        "blank": 1,
    }
    (row,) = (await liangjiang.get_ok("/v1/registers/place_tests/rows", "telecom"))["items"]
    assert (row["place"], row["reached"], row["rsrp_dbm"]) == ("B", True, -92.5)
    assert row["tested_at"] == "2022-08-15T02:30:00.000000Z"


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_new_months_list_is_last_months_without_what_was_removed_and_has_room_for_more(
    liangjiang: CampaignApi, ending: str
) -> None:
    july = [place("A"), place("B", removed_because="拆除"), place("C")]
    await pushed(liangjiang, "kangmei", "key_places", [each | {"month": "2022-07"} for each in july])
    file = await template(liangjiang, "kangmei", "key_places", ending)
    table = table_of(file, ending)
    spare = 100 if ending == "xlsx" else 0

    assert [line[1] for line in table[1:]] == ["A", "C"] + [""] * spare
    if spare:
        filled(table, 3, id="D", name="新场所", category="重点高校", area="康美街道")
    counts = await back(liangjiang, "kangmei", "key_places", saved(table, ending), ending)

    new = 1 if spare else 0
    assert counts == {"received": 2 + new, "created": 2 + new} | ({"blank": spare - 1} if spare else {})
    listed = (await liangjiang.get_ok("/v1/registers/key_places/rows", "kangmei", month="2022-08"))["items"]
    assert [each["id"] for each in listed] == ["A", "C", "D"][: 2 + new]
    if spare:
        assert (listed[2]["category"], listed[2]["area"]) == ("university", KANGMEI)
    again = table_of(await template(liangjiang, "kangmei", "key_places", ending), ending)
    assert [line[1] for line in again[1:] if line[1]] == [each["id"] for each in listed]


async def test_what_may_stand_in_a_cell_is_offered_and_checked_while_typed(liangjiang: CampaignApi) -> None:
    await pushed(liangjiang, "economy", "key_places", [place("A")])
    places = await template(liangjiang, "kangmei", "key_places", "xlsx")
    tests = await template(liangjiang, "telecom", "place_tests", "xlsx")
    sheet = parts(tests, r"xl/worksheets/sheet1\.xml")

    assert list(sheets_of(places)) == ["登记表 register", "填写说明 help"]
    assert "康美街道办事处" in sheets_of(places)["填写说明 help"][0][0]
    lists = parts(places, r"xl/sharedStrings\.xml")
    assert "康美街道" in lists
    assert "人和街道" not in lists
    assert '<dataValidation type="decimal" allowBlank="1" showInputMessage="1" showErrorMessage="1" ' in sheet
    assert "<formula1>-200</formula1><formula2>0</formula2>" in sheet
    assert 'type="list"' in sheet
    unlocked = {
        number
        for number, look in enumerate(parts(tests, r"xl/styles\.xml").split("<cellXfs")[1].split("<xf ")[1:])
        if 'locked="0"' in look
    }
    editable = {cell[0] for cell in re.findall(r'<c r="([A-Z])\d+" s="(\d+)"', sheet) if int(cell[1]) in unlocked}
    assert editable == set("GHIJKL")


async def test_a_register_has_a_template_for_those_who_keep_it_and_nothing_to_fill_in_before_there_are_things(
    liangjiang: CampaignApi,
) -> None:
    foreign = await liangjiang.get("/v1/templates/registers/compounds.xlsx", "telecom", month="2022-08")
    unknown = await liangjiang.get("/v1/templates/registers/poles.xlsx", "telecom", month="2022-08")
    path, question = "/v1/templates/registers/place_tests.xlsx", {"month": "2022-08"}
    early, again = [await liangjiang.get(path, "telecom", **question) for _ in range(2)]
    held = await liangjiang.api.get(
        path, params=question, headers=liangjiang.headers("telecom") | {"If-None-Match": early.headers["ETag"]}
    )

    assert (foreign.status_code, foreign.json()["code"], unknown.status_code) == (403, "forbidden", 422)
    assert len(table_of(early.content, "xlsx")) == 1
    assert "尚无数据" in sheets_of(early.content)["填写说明 help"][3][0]
    assert early.content == again.content
    assert held.status_code == 304
    assert 'filename="place_tests-telecom-2022-08.xlsx"' in early.headers["Content-Disposition"]
