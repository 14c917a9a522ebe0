"""Templates of a month that was opened again for what was named: the rest is locked, and comes back unchanged."""

import io
import re

import pytest
import python_calamine
from httpx import Response

from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.pushing import WHOLE, stored
from tests.services.ingest.registers.lists import KANGMEI, RENHE, covered, place, pushed, sent, station
from tests.services.ingest.registers.lists import building as home
from tests.services.ingest.templates.filling import AREA, METRIC, VALUE, Table, filled, parts, saved, sheets_of, table_of

COUNTS = "/v1/templates/observations"
STOOD = [("fbb_subs_total", WHOLE, 80), ("mobile_subs_total", WHOLE, 70), ("bs_5g_total", KANGMEI, 9)]


def editable(file: bytes, sheet: int = 1) -> dict[int, set[str]]:
    """The columns that can be edited, by row below the titles."""
    looks = parts(file, r"xl/styles\.xml").split("<cellXfs")[1].split("<xf ")[1:]
    unlocked = {number for number, look in enumerate(looks) if 'locked="0"' in look}
    found: dict[int, set[str]] = {}
    for column, row, look in re.findall(r'<c r="([A-Z])(\d+)" s="(\d+)"', parts(file, rf"xl/worksheets/sheet{sheet}\.xml")):
        if int(look) in unlocked:
            found.setdefault(int(row) - 2, set()).add(column)
    return found


async def made_out(practice: CampaignApi, org: str, path: str) -> tuple[bytes, Table]:
    """A workbook, and its rows below the titles."""
    answer = await practice.get(f"{path}.xlsx", org, month="2022-08")
    assert answer.status_code == 200, answer.text
    return answer.content, table_of(answer.content, "xlsx")[1:]


async def back(practice: CampaignApi, file: bytes) -> Response:
    """A template of counts, pushed back."""
    headers = practice.headers("telecom") | {"Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    return await practice.api.post("/v1/observations/files?reason=x", content=file, headers=headers)


async def test_only_the_named_counts_can_be_edited_and_the_rest_comes_back_as_it_stands(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("telecom", STOOD)
    whole, _ = await made_out(liangjiang, "telecom", COUNTS)
    await liangjiang.reopen("telecom", ("fbb_subs_total", WHOLE), ("bs_5g_built", KANGMEI))

    file, lines = await made_out(liangjiang, "telecom", COUNTS)

    assert set(editable(whole)) == set(range(len(lines)))
    named = {(lines[row][METRIC], lines[row][AREA]): columns for row, columns in editable(file).items()}
    assert named == {("fbb_subs_total", WHOLE): {"H", "I"}, ("bs_5g_built", KANGMEI): {"H", "I"}}
    help_ = [row[0] for row in sheets_of(file)["填写说明 help"]]
    assert any("仅重新开放部分数据" in text for text in help_)
    assert not any("仅重新开放部分数据" in row[0] for row in sheets_of(whole)["填写说明 help"])
    corrected, _ = filled(file, "xlsx", lambda metric, _area: {"fbb_subs_total": 81}.get(metric))
    assert (await back(liangjiang, corrected)).json()["report"]["counts"]["updated"] == 1
    assert ("telecom", "fbb_subs_total", WHOLE, 81) in await stored(liangjiang)
    wrong = table_of(corrected, "xlsx")
    next(row for row in wrong if row[METRIC] == "mobile_subs_total")[VALUE] = 71
    refused = await back(liangjiang, saved(wrong, "xlsx"))
    assert [each["code"] for each in refused.json()["report"]["errors"]] == ["not_reopened"]


async def test_of_a_register_the_rows_of_the_named_streets_can_be_edited_and_others_come_back(liangjiang: CampaignApi) -> None:
    stations = [station("A-1", "telecom"), station("A-2", "telecom", RENHE)]
    await pushed(liangjiang, "telecom", "base_stations", stations)
    await liangjiang.reopen("telecom", registers=[("base_stations", RENHE)])

    file, lines = await made_out(liangjiang, "telecom", "/v1/templates/registers/base_stations")

    streets = table_of(file, "xlsx")[0].index("街道 area")
    keys = [row[1] for row in lines]
    assert (keys[:2], len(keys)) == (["A-1", "A-2"], 102)
    assert keys.index("A-1") not in editable(file)
    assert {keys.index("A-2"), 2, 101} <= editable(file).keys()
    lists = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_name("lists").to_python()
    assert [row[streets] for row in lists if row[streets]] == ["人和街道"]
    answer = await sent(liangjiang, "telecom", "base_stations", file, ".xlsx", reason="x")
    assert answer.json()["report"]["counts"]["unchanged"] == 2


@pytest.mark.parametrize(("registers", "rows"), [([("home_coverage", KANGMEI)], {"KM-1"}), ([("place_tests", WHOLE)], set())])
async def test_of_things_to_report_on_those_in_the_named_streets_can_be_edited(
    liangjiang: CampaignApi, registers: list[tuple[str, str]], rows: set[str]
) -> None:
    await pushed(liangjiang, "kangmei", "compounds", [home("KM-1", 10)])
    await pushed(liangjiang, "renhe", "compounds", [home("RH-1", 10, RENHE)])
    await pushed(liangjiang, "telecom", "home_coverage", [covered("KM-1", 5)])
    await liangjiang.reopen("telecom", registers=registers)

    file, lines = await made_out(liangjiang, "telecom", "/v1/templates/registers/home_coverage")

    assert len(lines) == 2
    assert {lines[row][1] for row in editable(file)} == rows


async def test_last_months_list_is_offered_only_where_rows_may_be_added(liangjiang: CampaignApi) -> None:
    july = [place("P-1", month="2022-07"), place("P-2", RENHE, month="2022-07")]
    await pushed(liangjiang, "industry", "key_places", july)
    await liangjiang.reopen("industry", registers=[("key_places", RENHE)])

    file, lines = await made_out(liangjiang, "industry", "/v1/templates/registers/key_places")

    assert [row[1] for row in lines if row[1]] == ["P-2"]
    answer = await sent(liangjiang, "industry", "key_places", file, ".xlsx", reason="x")
    assert answer.json()["report"]["counts"]["created"] == 1
