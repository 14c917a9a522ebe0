"""The sender's own file with the errors marked: every format in, both formats out."""

import csv
import io
import json
import re

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.ingest.marked import file_writer
from tests.fixtures_campaign_api import CampaignApi
from tests.services.ingest.pushing import WHOLE
from tests.services.ingest.templates.filling import Table, parts, saved, sheets_of, table_of

ERRORS = "错误 errors"
HEADER = ["指标", "区域", "月份", "数值", "备注"]
GOOD = ["fbb_subs_total", WHOLE, "2022-08", "5", "含政企专线"]
BAD = ["fbb_subs_500m", "梁江", "2022-08", "24.8%", "=cmd|' /C calc'!A0"]
OBJECTS = (
    '{"metric": "fbb_subs_total", "area": "liangjiang", "month": "2022-08", "value": 5}',
    '{"metric": "fbb_subs_500m", "area": "liangjiang", "month": "2022-08", "value": 1.5, "=HYPERLINK(1)": {"a": [1]}}',
    "[1, 2]",
    '{"metric": "mobile_subs_total", "area": "liangjiang", "month": "2022-08", "value": 9007199254740993, "note": null}',
)


def csv_of(*rows: list[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


async def refused(practice: CampaignApi, body: bytes | str, media: str, org: str = "telecom") -> str:
    """Push a body that has errors; the path of its import."""
    answer = await practice.send(org, body, media)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "rows_refused", answer.text
    return answer.headers["Location"]


async def marked(practice: CampaignApi, path: str, ending: str, org: str = "telecom") -> bytes:
    answer = await practice.get(f"{path}/errors.{ending}", org)
    assert answer.status_code == 200, answer.text
    return answer.content


def coloured(file: bytes, sheet: int = 1) -> set[str]:
    """The cells of a sheet that are filled red."""
    styles = parts(file, r"xl/styles\.xml")
    fills = [number for number, fill in enumerate(re.findall(r"<fill>.*?</fill>", styles)) if "FFC7CE" in fill]
    looks = re.findall(r"<xf [^>]*?fillId=\"(\d+)\"", styles.split("<cellXfs")[1])
    red = {str(number) for number, fill in enumerate(looks) if int(fill) in fills}
    cells = re.findall(r'<c r="([A-Z]+\d+)"(?: s="(\d+)")?', parts(file, rf"xl/worksheets/sheet{sheet}\.xml"))
    return {cell for cell, look in cells if look in red}


async def test_a_csv_keeps_its_columns_and_rows_and_gains_one_column(liangjiang: CampaignApi) -> None:
    path = await refused(liangjiang, csv_of(["", "", ""], HEADER, GOOD, [], BAD), ".csv")

    table = table_of(await marked(liangjiang, path, "csv"), "csv")

    assert [row[:5] for row in table] == [["", "", "", "", ""], HEADER, GOOD, [""] * 5, [*BAD[:4], "'" + BAD[4]]]
    assert table[1][5] == ERRORS
    assert len(table[2]) == 5
    assert "应填数量，不填百分比" in table[4][5]
    assert "[percent]" in table[4][5]
    assert "[unknown_area]" in table[4][5]


async def test_a_large_csv_comes_back_whole_with_its_few_wrong_rows_marked(liangjiang: CampaignApi) -> None:
    note = "备注" * 20
    good = [["fbb_subs_total", WHOLE, f"{year}-{month:02}", "5", note] for year in range(2003, 2023) for month in range(1, 13)]
    lines = [row for row in good if row[2] < "2022-09"] * 60
    for place in (0, 7_000, len(lines) - 1):
        lines[place] = BAD
    body = csv_of(HEADER, *lines)
    assert len(body) > 1 << 20
    path = await refused(liangjiang, body, ".csv")

    table = table_of(await marked(liangjiang, path, "csv"), "csv")

    assert len(table) == 1 + len(lines)
    assert [number for number, row in enumerate(table) if len(row) > 5 and row[5]] == [0, 1, 7_001, len(lines)]
    assert table[2_000][:5] == lines[1_999]


async def test_a_file_too_long_for_a_workbook_is_there_as_csv_only(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_writer, "_WORKBOOK_ROWS", 2)
    path = await refused(liangjiang, csv_of(HEADER, GOOD, BAD), ".csv")

    answer = await liangjiang.get(f"{path}/errors.xlsx", "telecom")

    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")
    assert "errors.csv" in answer.json()["detail"]
    assert len(table_of(await marked(liangjiang, path, "csv"), "csv")) == 3


async def test_a_csv_in_gb18030_with_semicolons_comes_back_as_a_workbook_with_its_bad_cells_red(liangjiang: CampaignApi) -> None:
    body = "\r\n".join(";".join(row) for row in (HEADER, GOOD, BAD)).encode("gb18030")
    path = await refused(liangjiang, body, ".csv")

    file = await marked(liangjiang, path, "xlsx")

    (table,) = sheets_of(file).values()
    assert [[str(cell).removesuffix(".0") for cell in row[:5]] for row in table] == [HEADER, GOOD, BAD]
    assert table[0][5] == ERRORS
    assert coloured(file) == {"B3", "D3"}
    assert "24.8%" not in parts(file, r"xl/comments1\.xml")
    assert "[percent]" in parts(file, r"xl/comments1\.xml")


@pytest.mark.parametrize(
    ("media", "body"), [(".json", f'{{"observations": [{", ".join(OBJECTS)}]}}'), (".ndjson", "\n".join(OBJECTS))]
)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
async def test_objects_become_a_table_of_their_fields(liangjiang: CampaignApi, media: str, body: str, ending: str) -> None:
    path = await refused(liangjiang, body, media)

    file = await marked(liangjiang, path, ending)

    table = [[str(cell).removesuffix(".0") for cell in row] for row in table_of(file, ending)]
    safe = "'" if ending == "csv" else ""
    assert table[0] == ["行号 row", "metric", "area", "month", "value", f"{safe}=HYPERLINK(1)", "其他内容 other", "note", ERRORS]
    assert table[1][:5] == ["1", "fbb_subs_total", WHOLE, "2022-08", "5"]
    assert table[2][4:6] == ["1.5", '{"a": [1]}']
    assert "[fraction]" in table[2][8]
    assert "[unknown_field]" in table[2][8]
    assert table[3][6] == "[1, 2]"
    assert "[malformed_row]" in table[3][8]
    assert table[4][4] == "9007199254740993"
    assert table[4][7] == "null"
    if ending == "xlsx":
        assert coloured(file) == {"E3", "F3", "E5"}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
async def test_a_form_keeps_its_sheets_titles_and_places(liangjiang: CampaignApi, ending: str) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("八月")
        sheet.merge_range("A1:D1", "两江新区基准数统计表（2022年8月）")
        for place, title in enumerate(("街道", "城市家庭户数", "常住人口")):
            sheet.write(2, place, title)
        for row, (name, homes, people) in enumerate([("人和街道", 71_304, "无"), ("鸳鸯街道", 51_739, 119_000)], start=3):
            sheet.write_row(row, 0, [name, homes, people])
        other = book.add_worksheet("说明")
        other.write(4, 1, "填表人：张三")
    path = await refused(liangjiang, out.getvalue(), ".xlsx", "economy")

    file = await marked(liangjiang, path, ending, "economy")

    if ending == "xlsx":
        first, second = sheets_of(file).values()
        assert list(sheets_of(file)) == ["八月", "说明"]
        assert first[0][0] == "两江新区基准数统计表（2022年8月）"
        assert first[3][:3] == ["人和街道", 71_304, "无"]
        assert first[3][3].startswith("C4“常住人口”列：")
        assert "[placeholder]" in first[3][3]
        assert second[4][1] == "填表人：张三"
        assert coloured(file) == {"C4"}
        assert coloured(file, 2) == set()
    else:
        table = table_of(file, "csv")
        assert table[0] == ["[八月]"]
        assert table[4][:3] == ["人和街道", "71304", "无"]
        assert table[4][3].startswith("C4“常住人口”列：")


async def test_merged_cells_and_widths_are_kept_but_not_over_what_is_wrong(liangjiang: CampaignApi) -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("八月")
        sheet.set_column(0, 0, 30)
        sheet.set_column(1, 2, 9.5)
        sheet.set_column(3, 3, 40, None, {"hidden": True})
        sheet.merge_range("A1:D1", "两江新区基准数统计表（2022年8月）")
        sheet.merge_range("A2:A3", "街道")
        sheet.merge_range("B2:C2", "基准数")
        sheet.write_row(2, 1, ["城市家庭户数", "常住人口"])
        sheet.write_row(3, 0, ["人和街道", 71_304, 164_000])
        sheet.write(4, 0, "鸳鸯街道")
        sheet.merge_range("B5:C5", 51_739)
    path = await refused(liangjiang, out.getvalue(), ".xlsx", "economy")

    xml = parts(await marked(liangjiang, path, "xlsx", "economy"), r"xl/worksheets/sheet1\.xml")

    assert set(re.findall(r'<mergeCell ref="([A-Z0-9:]+)"', xml)) == {"A1:C1", "A2:A3", "B2:C2"}
    widths = re.findall(r'<col min="(\d+)" max="(\d+)" width="([0-9.]+)"', xml)
    assert [(start, end, round(float(width), 1)) for start, end, width in widths] == [
        ("1", "1", 30.7),
        ("2", "3", 10.3),
        ("4", "4", 80.7),
    ]


async def test_rules_across_rows_and_duplicates_are_marked_at_their_rows_in_a_workbook(liangjiang: CampaignApi) -> None:
    table: Table = [
        HEADER,
        ["fbb_subs_total", WHOLE, "2022-08", 5, ""],
        ["fbb_subs_500m", WHOLE, "2022-08", 6, ""],
        ["mobile_subs_total", WHOLE, "2022-08", 1, ""],
        ["mobile_subs_total", WHOLE, "2022-08", 2, ""],
    ]
    path = await refused(liangjiang, saved(table, "xlsx"), ".xlsx")

    (rows,) = sheets_of(await marked(liangjiang, path, "xlsx")).values()

    said = [str(row[5]) for row in rows]
    assert said[0] == ERRORS
    assert ["rule_broken" in text for text in said[1:]] == [True, True, False, False]
    assert ["duplicate_conflict" in text for text in said[1:]] == [False, False, True, True]


async def test_what_was_corrected_in_the_marked_file_can_be_pushed_as_it_is(liangjiang: CampaignApi) -> None:
    path = await refused(liangjiang, csv_of(HEADER, GOOD, BAD), ".csv")
    for ending in ("csv", "xlsx"):
        table = table_of(await marked(liangjiang, path, ending), ending)
        table[2][1], table[2][3] = "两江新区", "4"

        answer = await liangjiang.send("telecom", saved(table, ending), f".{ending}")

        assert answer.status_code == 201, answer.text
        assert answer.json()["report"]["counts"]["received"] == 2


async def test_a_partial_push_shows_only_what_was_left_out(liangjiang: CampaignApi) -> None:
    headers = liangjiang.headers("telecom") | {"Content-Type": "text/csv"}
    answer = await liangjiang.api.post(
        "/v1/observations/files", content=csv_of(HEADER, GOOD, BAD), params={"mode": "partial"}, headers=headers
    )
    assert answer.status_code == 201, answer.text

    table = table_of(await marked(liangjiang, answer.headers["Location"], "csv"), "csv")

    assert [len(row) for row in table] == [6, 5, 6]


async def test_the_file_is_the_senders_and_of_those_who_oversee(liangjiang: CampaignApi) -> None:
    path = await refused(liangjiang, csv_of(HEADER, BAD), ".csv")
    good = await liangjiang.send("telecom", csv_of(HEADER, GOOD), ".csv")

    rival = await liangjiang.get(f"{path}/errors.csv", "mobile")
    absent = await liangjiang.get("/v1/imports/0198c0de-0000-7000-8000-000000000000/errors.csv", "mobile")
    bureau = await liangjiang.get(f"{path}/errors.csv", "economy")
    nothing = await liangjiang.get(f"{good.headers['Location']}/errors.xlsx", "telecom")

    assert (rival.status_code, absent.status_code, bureau.status_code) == (404, 404, 200)
    assert {**rival.json(), "instance": ""} == {**absent.json(), "instance": ""}
    assert (nothing.status_code, nothing.json()["code"]) == (404, "input_not_kept")


async def test_the_file_is_the_same_bytes_each_time_and_a_client_that_holds_it_hears_304(liangjiang: CampaignApi) -> None:
    path = await refused(liangjiang, csv_of(HEADER, GOOD, BAD), ".csv")
    first = await liangjiang.get(f"{path}/errors.xlsx", "telecom")
    again = await liangjiang.get(f"{path}/errors.xlsx", "telecom")
    held = await liangjiang.api.get(
        f"{path}/errors.xlsx", headers=liangjiang.headers("telecom") | {"If-None-Match": first.headers["ETag"]}
    )

    assert first.content == again.content
    assert int(first.headers["Content-Length"]) == len(first.content)
    assert (held.status_code, held.content) == (304, b"")
    assert re.fullmatch(
        r"attachment; filename=\"errors-[0-9a-f-]{36}\.xlsx\"; filename\*=UTF-8''[%A-Za-z0-9._-]+",
        first.headers["Content-Disposition"],
    )


TEXTS = st.text(
    st.sampled_from([*"=+-@＝＋－＠", *" \t,;'\"", "\u200b", "\x0b", "\ud800", "\uffff", "a", "1", "|", "!", "(", ")"]),
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.lists(
        st.dictionaries(st.sampled_from(["metric", "note", "=x", "\t@"]) | TEXTS, TEXTS, max_size=4), min_size=1, max_size=6
    )
)
async def test_no_text_of_a_sender_becomes_a_formula(liangjiang: CampaignApi, data: list[dict[str, str]]) -> None:
    path = await refused(liangjiang, "\n".join(json.dumps(row) for row in data), ".ndjson")

    as_csv = await marked(liangjiang, path, "csv")
    workbook = await marked(liangjiang, path, "xlsx")

    for cell in (cell for row in table_of(as_csv, "csv") for cell in row):
        assert not re.match(r"[\s\u200b\"]*[=+\-@＝＋－＠]", cell) or re.fullmatch(r"-[0-9]+(\.[0-9]+)?", cell), cell
    assert "<f>" not in parts(workbook, r"xl/worksheets/.*\.xml")
    assert len(table_of(workbook, "xlsx")) == len(data) + 1
