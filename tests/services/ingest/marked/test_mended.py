"""A marked file whose wrong cells were mended is accepted, and stores what the file with those cells would have stored."""

import csv
import io
import re
from typing import Any

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from shared.values import media_types
from tests.fixtures_campaign_api import SAMPLES, CampaignApi
from tests.push_paths import path_for
from tests.services.ingest.marked.mending import put
from tests.services.ingest.registers.lists import building, covered, place, pushed, station, test_of
from tests.services.ingest.templates.filling import parts, sheets_of, table_of

FORMS, MONTHS = SAMPLES / "liangjiang" / "forms", SAMPLES / "liangjiang"
SHEET, HIDDEN_ROW = "月报", 3
REGISTERS: dict[str, tuple[str, list[dict[str, Any]], str]] = {  # sender, rows, and the column that is filled in wrongly
    "key_places": ("economy", [place("KP-1", longitude=106.5)], "longitude"),
    "compounds": ("kangmei", [building("KM-1", 132), building("KM-2", 7)], "households"),
    "base_stations": ("telecom", [station("0001", "telecom")], "in_service_since"),
    "place_tests": ("mobile", [test_of("KP-1", reached=True, rsrp_dbm=-92.5)], "rsrp_dbm"),
    "home_coverage": ("unicom", [covered("KM-1", 100)], "covered"),
}


async def assert_mends(
    practice: CampaignApi, org: str, dataset: str, file: bytes, suffix: str, cell: str, *, sheet: str = "", wrong: str = "5百"
) -> None:
    """Push a file with a wrong cell, mend the cell in the marked file, push that, then the file itself: it changes nothing."""
    path = path_for(f"/v1/{dataset}", media_types.BY_SUFFIX[suffix])
    headers = practice.headers(org) | {"Content-Type": media_types.BY_SUFFIX[suffix]}
    content = _content(file, suffix, sheet, cell)

    async def push(body: bytes, **query: str) -> Any:
        return await practice.api.post(path, content=body, params={"mode": "replace", **query}, headers=headers)

    refused = await push(put(file, suffix, sheet, cell, wrong), month="2022-08")
    assert refused.status_code == 422, refused.text
    assert refused.json()["code"] == "rows_refused", refused.text
    assert len(refused.json()["report"]["errors"]) == 1
    marked = (await practice.get(f"{refused.headers['Location']}/errors{suffix}", org)).content
    unmended = await push(marked, month="2022-08")
    assert [error["code"] for error in unmended.json()["report"]["errors"]] == [
        error["code"] for error in refused.json()["report"]["errors"]
    ]
    mended = await push(put(marked, suffix, sheet, cell, content), month="2022-08")
    assert mended.status_code == 201, mended.text
    again = await push(file, month="2022-08")
    assert again.status_code == 201, again.text
    stored, counts = mended.json()["report"]["counts"], again.json()["report"]["counts"]
    assert counts == dict.fromkeys(counts, 0) | {name: counts[name] for name in ("received", "unchanged", "merged", "blank")}
    assert stored["created"] + stored["unchanged"] + stored["updated"] == counts["unchanged"] > 0


def _content(file: bytes, suffix: str, sheet: str, cell: str) -> str | float:
    if suffix == ".csv":
        table: list[list[Any]] = list(csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")))
    else:
        table = sheets_of(file)[sheet]
    content: str | float = table[int(cell[1:]) - 1][ord(cell[0]) - ord("A")]
    return int(content) if isinstance(content, float) and content.is_integer() else content


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
@pytest.mark.parametrize("org", ["telecom", "renhe", "economy", "tower"])
async def test_a_template_of_counts(liangjiang: CampaignApi, org: str, suffix: str) -> None:
    template = (await liangjiang.get(f"/v1/templates/observations{suffix}", org, month="2022-08")).content

    await assert_mends(
        liangjiang, org, "observations", put(template, suffix, "填报表 counts", "H3", 5), suffix, "H3", sheet="填报表 counts"
    )


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
async def test_a_template_of_each_register(liangjiang: CampaignApi, suffix: str) -> None:
    for register, (org, rows, _) in REGISTERS.items():
        await pushed(liangjiang, org, register, rows)
    for register, (org, _, column) in REGISTERS.items():
        template = (await liangjiang.get(f"/v1/templates/registers/{register}{suffix}", org, month="2022-08")).content
        titles = table_of(template, suffix[1:])[0]
        letter = chr(ord("A") + next(index for index, title in enumerate(titles) if title.endswith(f" {column}")))
        sheet = next(iter(sheets_of(template))) if suffix == ".xlsx" else ""

        await assert_mends(liangjiang, org, f"registers/{register}", template, suffix, f"{letter}2", sheet=sheet)


async def test_a_sample_form(liangjiang: CampaignApi) -> None:
    crosstab = (FORMS / "economy-2022-08-crosstab.xlsx").read_bytes()
    form = put((FORMS / "renhe-2022-08-form.xlsx").read_bytes(), ".xlsx", "月报", "D7", 2)

    await assert_mends(liangjiang, "economy", "observations", crosstab, ".xlsx", "C5", sheet="基础数据")
    await assert_mends(liangjiang, "renhe", "observations", form, ".xlsx", "D7", sheet="月报", wrong="-")
    await assert_mends(
        liangjiang, "unicom", "observations", (MONTHS / "2022-08" / "unicom.xlsx").read_bytes(), ".xlsx", "D3", sheet="月报"
    )
    csv_file = (MONTHS / "2022-08" / "mobile.csv").read_text("gb18030").encode()
    await assert_mends(liangjiang, "mobile", "observations", csv_file, ".csv", "D3")


async def test_what_is_hidden_stays_hidden(liangjiang: CampaignApi) -> None:
    file = hidden_cells("", "", "")
    wrong = await liangjiang.send("telecom", put(file, ".xlsx", SHEET, "B4", "5百"), ".xlsx")
    assert wrong.json()["code"] == "rows_refused", wrong.text

    marked = (await liangjiang.get(f"{wrong.headers['Location']}/errors.xlsx", "telecom")).content

    assert hidden_parts(marked) == hidden_parts(file) == (["草稿"], ["3"], ["3"])
    mended = await liangjiang.send("telecom", put(marked, ".xlsx", SHEET, "B4", 5), ".xlsx")
    assert mended.status_code == 201, mended.text


async def test_errors_of_hidden_cells_are_described_where_they_are_seen(liangjiang: CampaignApi) -> None:
    refused = await liangjiang.send("telecom", hidden_cells(7, 8, 9), ".xlsx")
    assert refused.json()["report"]["errors_by_code"] == {"hidden_value": 3}, refused.text

    marked = (await liangjiang.get(f"{refused.headers['Location']}/errors.xlsx", "telecom")).content

    (table,) = sheets_of(marked).values()
    described = "\n".join(str(row[3]) for number, row in enumerate(table, start=1) if len(row) > 3 and number != HIDDEN_ROW)
    assert [cell for cell in ("B3", "C4", "草稿!A1") if cell in described] == ["B3", "C4", "草稿!A1"]
    assert hidden_parts(marked) == (["草稿"], ["3"], ["3"])
    again = await liangjiang.send("telecom", marked, ".xlsx")
    assert again.json()["report"]["errors_by_code"] == {"hidden_value": 3}, again.text


def hidden_cells(in_sheet: object, in_row: object, in_column: object) -> bytes:
    """Return a workbook with a hidden sheet, which comes first, and a hidden row and column."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        draft, sheet = book.add_worksheet("草稿"), book.add_worksheet(SHEET)
        draft.write_row(0, 0, [in_sheet, "草稿"])
        draft.hide()
        sheet.activate()
        sheet.set_first_sheet()
        header, hidden, shown = ["街道", "PON端口总数", "备注"], ["人和街道", in_row, ""], ["鸳鸯街道", 960, in_column]
        for row, cells in enumerate([["2022年8月", "", ""], header, hidden, shown]):
            sheet.write_row(row, 0, cells)
        sheet.set_row(HIDDEN_ROW - 1, None, None, {"hidden": True})
        sheet.set_column(2, 2, 10, None, {"hidden": True})
    return out.getvalue()


def hidden_parts(file: bytes) -> tuple[list[str], list[str], list[str]]:
    """Return the names of the hidden sheets, and the numbers of the hidden rows and columns of the second sheet."""
    xml = parts(file, r"xl/worksheets/sheet2\.xml")
    return (
        re.findall(r'<sheet name="([^"]*)"[^>]* state="hidden"', parts(file, r"xl/workbook\.xml")),
        re.findall(r'<row r="(\d+)"[^>]* hidden="1"', xml),
        re.findall(r'<col min="(\d+)"[^>]* hidden="1"', xml),
    )
