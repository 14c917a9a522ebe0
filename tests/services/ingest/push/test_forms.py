"""Forms as offices send them, pushed over HTTP: the same numbers as the plain file, every error named by its cell."""

from typing import Any

import pytest

from tests.fixtures_campaign_api import SAMPLES, CampaignApi
from tests.services.ingest.formats.pushed import workbook
from tests.services.ingest.pushing import counts, stored

FORMS = SAMPLES / "liangjiang" / "forms"
Rows = list[list[Any]]


def sheet(*rows: list[Any], name: str = "月报") -> bytes:
    """A workbook of one sheet."""

    def fill(book: Any) -> None:
        page = book.add_worksheet(name)
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)

    return workbook(fill)


def cells(report: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Sheet, cell and code of each error."""
    return [(error["sheet"], error["cell"], error["code"]) for error in report["errors"]]


async def test_the_bureaus_crosstab_gives_the_counts_of_its_plain_file(liangjiang: CampaignApi) -> None:
    answer = await liangjiang.send("economy", (FORMS / "economy-2022-08-crosstab.xlsx").read_bytes(), ".xlsx")

    assert answer.status_code == 201, answer.text
    report = answer.json()["report"]
    assert report["counts"] == counts(received=24, created=24)
    assert {note["kind"]: note["count"] for note in report["normalisations"]} == {
        "text_row": 3,
        "total_checked": 3,
        "month_of_form": 1,
        "blank_row": 1,
        "area_name": 24,
    }

    plain = await liangjiang.send("economy", (SAMPLES / "liangjiang" / "2022-08" / "economy.csv").read_bytes(), ".csv")
    assert plain.json()["report"]["counts"] == counts(received=24, unchanged=24)


async def test_the_streets_form_is_refused_for_its_hyphen_and_read_once_that_is_mended(liangjiang: CampaignApi) -> None:
    body = (FORMS / "renhe-2022-08-form.xlsx").read_bytes()
    refused = await liangjiang.send("renhe", body, ".xlsx")

    assert refused.status_code == 422
    report = refused.json()["report"]
    assert cells(report) == [("月报", "D7", "placeholder")]
    assert report["errors"][0]["row"] == 7
    assert report["errors"][0]["hint"]["zh"] == "没有数据请留空；确实为零请填 0"
    assert report["counts"] == counts(received=4, rejected=1, withheld=3, blank=1)

    mended = await liangjiang.send("renhe", _mended(), ".xlsx")
    assert mended.json()["report"]["counts"] == counts(received=4, created=4, blank=1)
    assert await stored(liangjiang, org="renhe") == {
        ("renhe", "promotion_events", "500112009", 6),
        ("renhe", "public_sites_opened", "500112009", 4),
        ("renhe", "compounds_odn_upgraded", "500112009", 3),
        ("renhe", "demo_compounds", "500112009", 1),
    }


def _mended() -> bytes:
    return sheet(
        ["人和街道“千兆城市”建设工作月报"],
        ["填报单位：人和街道办事处", "", "", "", "2022年8月"],
        ["序号", "指标", "计量单位", "数值", "备注"],
        [1, "promotion_events", "场", 6],
        [2, "public_sites_opened", "处", "4", "含社区服务中心2处"],
        [3, "compounds_odn_upgraded", "个", "３"],
        [4, "demo_compounds", "个", 1, "正在创建"],
        [5, "demo_parks", "个", ""],
        [],
        ["填表人（签字）：", "", "联系电话：", 13800000000],
    )


async def test_errors_found_after_parsing_name_their_cells(liangjiang: CampaignApi) -> None:
    body = sheet(
        ["电信两江新区分公司月报（2022年8月）"],
        ["街道", "5G基站总数", "自建5G基站数", "共享共入5G基站数", "常住人口", "千兆户数"],
        ["鸳鸯街道", 60, 30, 20, "", ""],
        ["不知街道", 5, "", "", "", ""],
        ["人和街道", "", "", "", 164000, 7],
        ["鸳鸯街道", 61, "", "", "", ""],
    )

    refused = await liangjiang.send("telecom", body, ".xlsx")

    report = refused.json()["report"]
    assert sorted(cells(report)) == [
        ("月报", "A4", "unknown_area"),
        ("月报", "B3", "duplicate_conflict"),
        ("月报", "B6", "duplicate_conflict"),
        ("月报", "E2", "not_entitled"),
        ("月报", "F2", "unknown_metric"),
    ]
    conflict = next(error for error in report["errors"] if error["code"] == "duplicate_conflict")
    assert conflict["hint"]["zh"] == "涉及 月报!B3, 月报!B6"
    assert report["counts"] == counts(received=7, rejected=5, withheld=2, blank=10)


async def test_a_broken_rule_names_the_cells_it_is_about(liangjiang: CampaignApi) -> None:
    body = sheet(["电信 2022年8月"], ["街道", "bs_5g_total", "bs_5g_built", "bs_5g_shared_in"], ["鸳鸯", 60, 30, 20])

    report = (await liangjiang.send("telecom", body, ".xlsx")).json()["report"]

    assert sorted(cells(report)) == [("月报", cell, "rule_broken") for cell in ("B3", "C3", "D3")]


async def test_the_month_of_the_request_completes_a_form_and_never_contradicts_it(liangjiang: CampaignApi) -> None:
    table: Rows = [["街道", "households_urban"], ["人和街道", 71304]]
    question = "/v1/observations/files?month=2022-08"
    headers = liangjiang.headers("economy") | {
        "Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    }

    silent = await liangjiang.send("economy", sheet(*table), ".xlsx")
    completed = await liangjiang.api.post(question, content=sheet(*table), headers=headers)
    contradicted = await liangjiang.api.post(question, content=sheet(["2022年7月"], *table), headers=headers)

    assert (silent.status_code, silent.json()["errors"][0]["code"]) == (422, "missing_month")
    assert completed.json()["report"]["counts"] == counts(received=1, created=1)
    assert (contradicted.status_code, contradicted.json()["errors"][0]["code"]) == (422, "ambiguous_month")


@pytest.mark.parametrize("mode", ["atomic", "partial"])
async def test_a_total_that_disagrees_refuses_what_it_adds_up(liangjiang: CampaignApi, mode: str) -> None:
    body = sheet(
        ["2022年8月"],
        ["街道", "households_urban", "key_places_listed"],
        ["人和街道", 71304, 24],
        ["鸳鸯街道", 51739, 18],
        ["合  计", 123043, 43],
    )
    headers = liangjiang.headers("economy") | {
        "Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    }

    answer = await liangjiang.api.post(f"/v1/observations/files?mode={mode}", content=body, headers=headers)

    report = answer.json()["report"]
    assert cells(report) == [("月报", "C5", "total_differs")]
    assert report["errors"][0]["hint"]["zh"] == "各项之和为 42；请核对各项与合计"
    kept = counts(received=5, created=2, rejected=3) if mode == "partial" else counts(received=5, rejected=3, withheld=2)
    assert report["counts"] == kept
    assert len(await stored(liangjiang, org="economy")) == (2 if mode == "partial" else 0)


async def test_a_wrong_total_of_a_table_too_long_for_a_form_refuses_what_it_adds_up_and_nothing_else(
    liangjiang: CampaignApi,
) -> None:
    streets = ["鸳鸯", "翠云", "人和", "天宫殿", "大竹林", "礼嘉", "金山"]
    months = [f"{year}-{month:02}" for year in range(2003, 2022) for month in range(1, 13)]
    lines = ["指标,区域,月份,数值"]
    for month in months:
        lines += [f"households_urban,{street},{month},10" for street in streets]
        lines += [f"households_urban,小计,{month},{71 if month == '2015-06' else 70}"]
    headers = liangjiang.headers("economy") | {"Content-Type": "text/csv"}

    answer = await liangjiang.api.post("/v1/observations/files?mode=partial", content="\n".join(lines), headers=headers)

    report = answer.json()["report"]
    assert [(error["row"], error["code"]) for error in report["errors"]] == [(1 + 8 * (12 * 12 + 6), "total_differs")]
    rows = 7 * len(months)
    assert report["counts"] == counts(received=rows + 1, created=rows - 7, rejected=8)


async def test_a_crosstab_of_any_length_is_read_and_its_totals_are_checked(liangjiang: CampaignApi) -> None:
    streets = ["鸳鸯", "翠云", "人和", "天宫殿", "大竹林", "礼嘉", "金山"]
    months = [f"{year}年{month}月" for year in range(2003, 2022) for month in range(1, 13)]
    grid: Rows = [["基准数汇总表"], ["月份", "街道", "城市家庭数", "", "重点场所数", "共计"]]
    for month in months:
        grid += [[month, street, 10, "", 2, 13 if (month, street) == ("2003年2月", "人和") else 12] for street in streets]
        grid.append([month, "合计", 70, "", 15 if month == "2021年12月" else 14, 84])
    grid.append(["合计", "", 70 * len(months), "", 14 * len(months), 84 * len(months)])
    headers = liangjiang.headers("economy") | {
        "Content-Type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    }

    answer = await liangjiang.api.post("/v1/observations/files?mode=partial", content=sheet(*grid), headers=headers)

    report = answer.json()["report"]
    assert cells(report) == [("月报", "F13", "total_differs"), ("月报", f"E{2 + 8 * len(months)}", "total_differs")]
    rows = 2 * 7 * len(months)
    assert report["counts"] == counts(received=rows + 2, created=rows - 2 - 7, rejected=2 + 2 + 7)
    kinds = {note["kind"]: note["count"] for note in report["normalisations"]}
    assert kinds["total_checked"] == 10 * len(months) + 3 - 2
    assert kinds["metric_name"] >= rows


@pytest.mark.parametrize("unit", ["计量单位 unit", "单位 unit"])
async def test_the_header_of_our_templates_is_read_as_it_is(liangjiang: CampaignApi, unit: str) -> None:
    head = f"指标代码 metric,指标 title,区域代码 area,区域 name,月份 month,{unit},上月数 last_value,本月数 value,备注 note"
    good = "households_urban,城市家庭户数,500112009,人和街道,2022-08,户,71000,71304,"
    wrong = "households_urban,城市家庭户数,500112007,人和街道,2022-08,万户,7,5,"

    read = await liangjiang.send("economy", f"{head}\n{good}\n", ".csv")
    refused = await liangjiang.send("economy", f"{head}\n{wrong}\n", ".csv")

    assert (read.json()["report"]["counts"], read.json()["report"]["normalisations"]) == (counts(received=1, created=1), [])
    assert [(error["column"], error["code"]) for error in refused.json()["report"]["errors"]] == [
        ("unit", "unit_differs"),
        ("area", "name_differs"),
    ]
