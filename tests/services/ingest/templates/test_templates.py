"""Templates: what stands in them, and that they can be pushed back as they are."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.values import media_types
from shared.vocabulary import LARGEST_COUNT
from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.pushing import WHOLE, stored
from tests.services.ingest.templates.filling import (
    AREA,
    LAST,
    METRIC,
    MONTH,
    NAME,
    NOTE,
    TITLE,
    TITLES,
    UNIT,
    VALUE,
    Table,
    filled,
    parts,
    sheets_of,
    table_of,
)

ENDINGS = ("xlsx", "csv")
OWED_BY_A_CARRIER = 7 * 8 + 5  # street metrics over eight streets, and metrics of the whole area


async def template(practice: CampaignApi, org: str, ending: str, month: str = "2022-08") -> bytes:
    """A template that is there."""
    answer = await practice.get(f"/v1/templates/observations.{ending}", org, month=month)
    assert answer.status_code == 200, answer.text
    return answer.content


async def rows(practice: CampaignApi, org: str, ending: str, month: str = "2022-08") -> Table:
    """The rows of a template below its titles."""
    table = table_of(await template(practice, org, ending, month), ending)
    assert table[0] == TITLES
    return table[1:]


def consistent(metric: str, _area: str) -> int:
    """A count that breaks no rule beside the others."""
    return 14 if metric == "bs_5g_total" else 7


@pytest.mark.parametrize("ending", ENDINGS)
async def test_a_carrier_finds_a_row_for_each_cell_it_owes_and_the_voluntary_ones_after_them(
    liangjiang: CampaignApi, ending: str
) -> None:
    lines = await rows(liangjiang, "telecom", ending)
    voluntary = [line[TITLE].startswith("【自愿】") for line in lines]

    assert len({(line[METRIC], line[AREA]) for line in lines}) == len(lines)
    assert voluntary == sorted(voluntary)
    assert voluntary.count(False) == OWED_BY_A_CARRIER
    first = lines[0]
    assert (first[METRIC], first[TITLE], first[UNIT]) == ("homes_gigabit_covered", "千兆光纤网络覆盖家庭数", "户")
    assert (first[AREA], first[NAME]) == ("500112007", "鸳鸯街道")
    assert first[MONTH] == {"xlsx": "2022-08", "csv": "2022年8月"}[ending]
    assert {line[VALUE] for line in lines} | {line[NOTE] for line in lines} == {""}


async def test_everybody_finds_only_cells_of_their_own(liangjiang: CampaignApi) -> None:
    tower, street, bureau, seat = [await rows(liangjiang, org, "csv") for org in ("tower", "renhe", "economy", "industry")]

    assert {line[METRIC] for line in tower if "自愿" not in line[TITLE]} == {"tower_sites_total", "tower_sites_5g"}
    assert {line[NAME] for line in street} == {"人和街道"}
    assert {line[METRIC] for line in bureau} == {"households_urban", "population_resident", "key_places_listed"}
    assert seat == []


@pytest.mark.parametrize("ending", ENDINGS)
async def test_last_months_counts_and_those_of_this_month_stand_in_their_columns(liangjiang: CampaignApi, ending: str) -> None:
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 150_000), ("fbb_subs_500m", WHOLE, 37_000)], "2022-07")
    await liangjiang.push_ok("telecom", [("mobile_subs_total", WHOLE, 9)], "2022-06")
    await liangjiang.push_ok("mobile", [("fbb_subs_total", WHOLE, 1)], "2022-08")
    body = (
        f'{{"observations": [{{"metric": "fbb_subs_total", "area": "{WHOLE}", "month": "2022-08", "value": 0, "note": "停网"}}]}}'
    )
    assert (await liangjiang.send("telecom", body)).status_code == 201

    lines = {line[METRIC]: line for line in await rows(liangjiang, "telecom", ending) if line[AREA] == WHOLE}

    def shown(metric: str) -> list[str]:
        return [str(cell).removesuffix(".0") for cell in lines[metric][LAST:]]

    assert shown("fbb_subs_total") == ["150000", "0", "停网"]
    assert shown("fbb_subs_500m") == ["37000", "", ""]
    assert shown("mobile_subs_total") == ["", "", ""]


async def test_a_reference_metric_shows_the_count_that_holds_and_its_month(liangjiang: CampaignApi) -> None:
    await liangjiang.push_ok("economy", [("households_urban", "500112022", 26_285)], "2022-05")
    await liangjiang.push_ok("economy", [("households_urban", "500112022", 26_000)], "2021-12")

    lines = {(line[METRIC], line[AREA]): line for line in await rows(liangjiang, "economy", "csv")}

    line = lines["households_urban", "500112022"]
    assert line[LAST] == "26285"
    assert line[TITLE].endswith("（基准数，现行数据为2022年5月）")
    assert lines["households_urban", "500112007"][LAST] == ""


@pytest.mark.parametrize("ending", ENDINGS)
async def test_an_untouched_template_pushes_nothing(liangjiang: CampaignApi, ending: str) -> None:
    file = await template(liangjiang, "telecom", ending)

    refused = await liangjiang.send("telecom", file, f".{ending}")
    headers = liangjiang.headers("telecom") | {"Content-Type": media_types.BY_SUFFIX[f".{ending}"]}
    meant = await liangjiang.api.post("/v1/observations/files?allow_empty=true", content=file, headers=headers)

    assert (refused.status_code, refused.json()["code"]) == (422, "empty"), refused.text
    assert f"（{len(table_of(file, ending)) - 1} 行未填数值）" in refused.json()["detail"]
    assert (meant.status_code, meant.json()["changed"]) == (201, False)
    passed_over = meant.json()["report"]["passed_over"]
    assert {entry["reason"] for entry in passed_over} <= {"comparison_column", "sheet", "hidden"}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("org", ["telecom", "tower", "renhe", "economy"])
async def test_a_filled_template_brings_exactly_what_was_filled_in(liangjiang: CampaignApi, org: str, ending: str) -> None:
    file, entered = filled(await template(liangjiang, org, ending), ending, consistent)

    answer = await liangjiang.send(org, file, f".{ending}")

    assert answer.status_code == 201, answer.text
    assert answer.json()["report"]["normalisations"] == [] or ending == "csv"
    assert await stored(liangjiang, month="2022-08") == {(org, metric, area, count) for (metric, area), count in entered.items()}


@pytest.mark.parametrize("ending", ENDINGS)
async def test_pushing_a_template_back_changes_nothing_that_was_reported_before(liangjiang: CampaignApi, ending: str) -> None:
    row = {"metric": "fbb_subs_total", "area": WHOLE, "month": "2022-08", "value": 2**53 - 1, "note": "=1+1;-2"}
    pushed = await liangjiang.api.post("/v1/observations", json={"observations": [row]}, headers=liangjiang.headers("telecom"))
    assert pushed.status_code == 201, pushed.text

    answer = await liangjiang.send("telecom", await template(liangjiang, "telecom", ending), f".{ending}")

    assert answer.status_code == 201, answer.text
    assert answer.json()["report"]["counts"] | {"blank": 0} == {
        **dict.fromkeys(answer.json()["report"]["counts"], 0),
        "received": 1,
        "unchanged": 1,
    }


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ending=st.sampled_from(ENDINGS),
    numbers=st.lists(st.none() | st.integers(0, LARGEST_COUNT) | st.just(LARGEST_COUNT), min_size=24, max_size=24),
)
async def test_any_counts_come_back_as_they_were_filled_in(
    liangjiang: CampaignApi, ending: str, numbers: list[int | None]
) -> None:
    rest = iter(numbers)
    before = {(metric, area): value for _, metric, area, value in await stored(liangjiang, month="2022-08")}
    file, entered = filled(await template(liangjiang, "economy", ending), ending, lambda _metric, _area: next(rest))

    answer = await liangjiang.send("economy", file, f".{ending}")

    assert answer.status_code == (201 if entered or before else 422), answer.text
    expected = {("economy", metric, area, value) for (metric, area), value in (before | entered).items()}
    assert await stored(liangjiang, month="2022-08") == expected


async def test_the_same_template_is_the_same_bytes_until_something_changes(liangjiang: CampaignApi) -> None:
    path, question = "/v1/templates/observations.xlsx", {"month": "2022-08"}
    first, again = [await liangjiang.get(path, "telecom", **question) for _ in range(2)]
    held = await liangjiang.api.get(
        path, params=question, headers=liangjiang.headers("telecom") | {"If-None-Match": first.headers["ETag"]}
    )
    await liangjiang.push_ok("telecom", [("fbb_subs_total", WHOLE, 5)])
    later = await liangjiang.get(path, "telecom", **question)

    assert first.content == again.content
    assert (held.status_code, held.content) == (304, b"")
    assert later.headers["ETag"] != first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert 'filename="observations-telecom-2022-08.xlsx"' in first.headers["Content-Disposition"]


async def test_only_counts_and_notes_can_be_edited_and_they_are_checked_while_typed(liangjiang: CampaignApi) -> None:
    file = await template(liangjiang, "telecom", "xlsx")
    sheet = parts(file, r"xl/worksheets/sheet1\.xml")
    last = len(table_of(file, "xlsx"))

    assert "<sheetProtection" in sheet
    assert "password" not in sheet
    assert 'state="frozen"' in sheet
    assert 'type="whole" allowBlank="1" showInputMessage="1" showErrorMessage="1" ' in sheet
    assert f'sqref="H2:H{last}"><formula1>0</formula1><formula2>{2**53 - 1}</formula2>' in sheet
    assert 'type="list"' in sheet
    assert "<f>" not in sheet
    unlocked = {
        number
        for number, look in enumerate(parts(file, r"xl/styles\.xml").split("<cellXfs")[1].split("<xf ")[1:])
        if 'locked="0"' in look
    }
    editable = {cell[0] for cell in re.findall(r'<c r="([A-Z])\d+" s="(\d+)"', sheet) if int(cell[1]) in unlocked}
    assert editable == {"H", "I"}


async def test_a_workbook_has_a_sheet_of_help_and_hides_its_lists(liangjiang: CampaignApi) -> None:
    file = await template(liangjiang, "renhe", "xlsx")

    assert list(sheets_of(file)) == ["填报表 counts", "填写说明 help"]
    assert "人和街道" in sheets_of(file)["填写说明 help"][0][0]


async def test_a_template_needs_a_known_dataset_a_month_and_somebody_who_reports(liangjiang: CampaignApi) -> None:
    unknown = await liangjiang.get("/v1/templates/households.xlsx", "telecom", month="2022-08")
    other = await liangjiang.get("/v1/templates/observations.ods", "telecom", month="2022-08")
    without = await liangjiang.get("/v1/templates/observations.csv", "telecom")

    assert [answer.status_code for answer in (unknown, other, without)] == [404, 404, 422]
