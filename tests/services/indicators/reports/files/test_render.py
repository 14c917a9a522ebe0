"""The files of a report: rendered from its JSON content, the same bytes each time, safe to open."""

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import orjson
import pytest
import python_calamine
import time_machine

from services.indicators.reports.files.render import render_files
from shared.campaign.blocks import ReportForm
from shared.campaign.definition import Definition
from tests.filed_cases import file_case
from tests.fixtures_campaign_api import CampaignApi, CreateCampaign
from tests.services.indicators.reports.practice import issue

PROBLEMS = '=HYPERLINK("http://evil")\n端口<差>&16个\x7f'
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


async def content_of(practice: CampaignApi, number: int) -> dict[str, Any]:
    """The content of an issued report."""
    content: dict[str, Any] = (await practice.get(f"/v1/reports/{number}/report.json")).json()
    return content


def paragraphs(docx: bytes) -> list[str]:
    """Every line of a Word document, those in tables too."""
    with zipfile.ZipFile(io.BytesIO(docx)) as package:
        for name in package.namelist():
            ET.fromstring(package.read(name))  # noqa: S314 - our own file; every part is XML that parses
        body = ET.fromstring(package.read("word/document.xml"))  # noqa: S314
    return ["".join(text.text or "" for text in line.iter(f"{WORD}t")) for line in body.iter(f"{WORD}p")]


def parts_of(package: bytes) -> dict[str, bytes]:
    """The files inside a Word document or a workbook."""
    with zipfile.ZipFile(io.BytesIO(package)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def rows_of(xlsx: bytes, sheet: str) -> list[list[Any]]:
    """The cells of a sheet."""
    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(xlsx)).get_sheet_by_name(sheet).to_python()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def rendered_elsewhere(content: bytes) -> dict[str, str]:
    """Return the hashes of the files of the same content, rendered under another hash seed, time zone and locale."""
    code = (
        "import hashlib, sys, orjson; from services.indicators.reports.files.render import render_files;"
        "files = render_files(sys.stdin.buffer.read());"
        "print(orjson.dumps({ending: hashlib.sha256(made).hexdigest() for ending, made in files.items()}).decode())"
    )
    elsewhere = os.environ | {"PYTHONHASHSEED": "4242", "TZ": "America/New_York", "LC_ALL": "C"}
    done = subprocess.run([sys.executable, "-c", code], input=content, env=elsewhere, capture_output=True, check=True)
    made: dict[str, str] = orjson.loads(done.stdout)
    return made


@pytest.fixture
async def two_months(liangjiang: CampaignApi) -> CampaignApi:
    """July issued; July completed and corrected; August issued."""
    await liangjiang.samples("2022-07")
    assert (await issue(liangjiang, "2022-07")).status_code == 201
    july = liangjiang.for_month("2022-07")
    await july.push_ok("unicom", [("fbb_subs_total", "liangjiang", 44_000), ("fbb_subs_500m", "liangjiang", 11_000)])
    await july.reopen("telecom", ("mobile_subs_5g", "liangjiang"))
    await july.push_ok("telecom", [("mobile_subs_5g", "liangjiang", 76_421)], reason="漏报一个营业厅")
    await liangjiang.samples("2022-08")
    await liangjiang.push_ok("telecom", [("gateways_upgraded", "liangjiang", 1_200)])
    return liangjiang


async def test_the_files_say_what_the_content_says_and_are_the_same_bytes_each_time(two_months: CampaignApi) -> None:
    issued = (await issue(two_months, problems=PROBLEMS.replace("\x7f", ""))).json()
    stored = {one["ending"]: await two_months.get(one["path"]) for one in issued["files"]}

    assert stored.keys() == {"json", "xlsx", "docx"}
    with time_machine.travel(datetime(2031, 1, 1, tzinfo=UTC)):
        assert render_files(stored["json"].content) == {ending: answer.content for ending, answer in stored.items()}
    assert rendered_elsewhere(stored["json"].content) == {ending: digest(answer.content) for ending, answer in stored.items()}
    assert [stored[ending].headers["content-type"].rsplit(".", 1)[-1] for ending in ("xlsx", "docx")] == ["sheet", "document"]
    assert "liangjiang-2022-2022-08-report-2.docx" in stored["docx"].headers["content-disposition"]
    lines = paragraphs(stored["docx"].content)
    assert lines[:3] == [
        "两江新区“千兆城市”建设工作情况月报",
        "（2022年8月，第2期）",
        "两江新区“千兆城市”建设工作领导小组、重庆市通信管理局：",
    ]
    assert "截至2022年8月末，7项设有目标值的指标中，4项达标、3项未达标。" in lines
    pon = lines.index("城市10G-PON端口占比（%）")
    row_of_pon = ["≥25", "22.8", "24.9", "+2.1", "16个10G及以上PON端口", "未达标", "9月30日"]
    assert lines[pon + 1 : pon + 8] == row_of_pon
    assert {"一、总体情况", "三、与上期对比及原因", "八、数据来源", "两江新区“千兆城市”建设工作专班", "2022年9月6日"} <= set(
        lines
    )
    assert {'=HYPERLINK("http://evil")', "端口<差>&16个", "漏报一个营业厅"} <= set(lines)
    assert any("家庭和企业网关" in line and "1,200" in line for line in lines)
    assert "经济运行局、电信、移动、联通、铁塔当月数据尚未审核通过，上述数据为初步数据。" in lines
    assert any(line.startswith("未达到全区目标的街道：城市家庭千兆光纤网络覆盖率2个（鸳鸯、翠云）；") for line in lines)
    compared = lines.index("500Mbps及以上用户占比（%）", lines.index("与上期对比"))
    assert lines[compared + 1 : compared + 6] == ["—", "25.2", "—", "—", "电信+2,589移动+2,582联通上期缺报"]
    assert "上期为第1期（2022年7月，数据版本7），本期数据为2022年8月。" in lines
    assert not any("案例挖掘" in line and "、" in line[:2] for line in lines)  # there are no cases
    row = next(row for row in rows_of(stored["xlsx"].content, "指标") if row[1] == "城市10G-PON端口占比（%）")
    assert row[2:10] == [25.0, 22.8, 24.9, 2.1, 16.0, "尚差10G及以上PON端口（个）", "未达标", date(2022, 9, 30)]
    assert row[10:13] == [99.8, 9_056.0, 36_285.0]
    assert ['【存在问题 Problems】\n=HYPERLINK("http://evil")\n端口<差>&16个', "", ""] in rows_of(
        stored["xlsx"].content, "问题措施与来源"
    )
    with zipfile.ZipFile(io.BytesIO(stored["xlsx"].content)) as package:
        parts = package.namelist()
        assert sum(name.startswith("xl/charts/chart") for name in parts) >= 10
        assert not any(b"<f>" in package.read(name) for name in parts if name.startswith("xl/worksheets/"))


async def test_a_report_tells_what_changed_since_the_last_one_and_why(two_months: CampaignApi) -> None:
    await issue(two_months)
    content = await content_of(two_months, 2)
    differences = content["differences"]
    lines = {line["indicator"]: line for line in differences["lines"]}

    assert (differences["number"], differences["month"], content["supersedes"]) == (1, "2022-07", None)
    users = lines["mobile_5g_share"]
    assert (users["before"]["display"], users["after"]["display"]) == ("25.0", "26.0")
    assert {"org": "telecom", "before": 76_420, "after": 79_357} in users["contributions"]
    assert [reason["en"] for reason in users["reasons"]] == [
        "the month changed from 2022-07 to 2022-08",
        "counts of 2022-07 were reported later or corrected",
    ]
    assert lines["fbb_500m_share"]["reasons"][0]["zh"] == "上期数据不全，本期已齐"
    found = [
        (one["org"], one["metric"], one["kind"], one["before"], one["after"], one["reasons"]) for one in differences["revisions"]
    ]
    assert found == [
        ("telecom", "mobile_subs_5g", "corrected", 76_420, 76_421, ["漏报一个营业厅"]),
        ("unicom", "fbb_subs_total", "added", None, 44_000, []),
        ("unicom", "fbb_subs_500m", "added", None, 11_000, []),
    ]
    assert ("submission", "telecom", 3) in {(one["kind"], one["org"], one["times"]) for one in differences["changes"]}
    assert content["reporting"]["organisations"][1]["org"] == "telecom"
    task = next(one for one in content["tasks"] if one["counts"])
    assert [(one["metric"], one["value"], one["orgs"]) for one in task["counts"]] == [("gateways_upgraded", 1_200, ["telecom"])]

    await two_months.push_ok("mobile", [("mobile_subs_5g", "liangjiang", 139_001)])
    await issue(two_months)
    since = (await content_of(two_months, 3))["differences"]  # what came before the second report is not told again
    assert (since["number"], since["month"]) == (2, "2022-08")
    assert [(one["kind"], one["org"], one["times"]) for one in since["changes"]] == [("import", "mobile", 1)]
    assert [(one["org"], one["metric"], one["after"], one["reasons"]) for one in since["revisions"]] == [
        ("mobile", "mobile_subs_5g", 139_001, [])
    ]


async def test_reasons_are_those_of_the_pushes_since_the_last_report(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08", "telecom")
    for area, reason in (("500112007", "漏报一个局点"), ("500112008", "又漏一个")):
        cell = ("olt_pon_ports_10g", area)
        await liangjiang.reopen("telecom", cell)
        await liangjiang.push_ok("telecom", [(*cell, 700)], reason=reason)
        await issue(liangjiang)

    (revision,) = (await content_of(liangjiang, 2))["differences"]["revisions"]

    assert (revision["metric"], revision["kind"], revision["reasons"]) == ("olt_pon_ports_10g", "corrected", ["又漏一个"])


async def test_tasks_have_their_own_targets_and_reaching_one_does_not_close_a_task(liangjiang: CampaignApi) -> None:
    now, liangjiang.clock.fixed = liangjiang.clock.fixed, datetime.fromisoformat("2022-08-30T23:59:59+08:00")
    await issue(liangjiang, "2022-07")  # at the last moment of task 1
    liangjiang.clock.fixed = now
    await liangjiang.samples("2022-08")
    await issue(liangjiang)
    in_time, tasks = [{one["number"]: one for one in (await content_of(liangjiang, number))["tasks"]} for number in (1, 2)]

    assert [in_time[number]["standing"] for number in (1, 9)] == ["running", "past_due"]
    assert [tasks[number]["standing"] for number in (1, 3, 8, 9)] == ["past_due", "continuous", "continuous", "past_due"]
    targets = {(one["indicator"], one["due"], one["status"]) for one in tasks[1]["targets"]}
    assert ("pon_10g_share", "2022-08-30", "not_met") in targets
    assert ("home_gigabit_coverage", "2022-08-30", "met") in targets


async def test_a_report_tells_the_pace_and_where_it_leads_as_targets_does_at_its_version(liangjiang: CampaignApi) -> None:
    for month in ("2022-06", "2022-07", "2022-08"):
        await liangjiang.samples(month)
    issued = (await issue(liangjiang)).json()
    content = await content_of(liangjiang, 1)
    lines = (await liangjiang.get_ok("/v1/targets", month="2022-08", as_of=issued["data_version"]))["lines"]
    told = {line["indicator"]: line for line in lines if line["targets"]}
    book = rows_of((await liangjiang.get("/v1/reports/1/report.xlsx")).content, "进度预测")
    words = paragraphs((await liangjiang.get("/v1/reports/1/report.docx")).content)

    assert {one["code"]: one["outlook"] for one in content["indicators"] if one["outlook"]} == {
        code: {"pace": line["pace"], "target": line["targets"][0]} for code, line in told.items()
    }
    row = next(row for row in book if row[0] == "城市10G-PON端口占比")
    assert row[1:10] == [821.0, 16.0, date(2022, 9, 30), 27.2, "按当前进度可达标", 16.0, 1.0, "个", 0.0]
    assert "可比月份不足、暂不能预测的有1项：500Mbps及以上用户占比。" in words
    assert "注：月均增量和预测值根据2022年6月至8月口径一致" in "".join(words)
    cases = next(one for one in content["indicators"] if one["code"] == "application_cases")
    assert [(one["month"], one["display"]) for one in cases["months"]] == [("2022-06", "0"), ("2022-07", "0"), ("2022-08", "0")]


async def test_a_campaign_without_streets_figures_has_no_part_for_them(create_campaign: CreateCampaign) -> None:
    town = await create_campaign("fbb_500m_share", carriers=["telecom"])
    await town.push_ok("telecom", [("fbb_subs_500m", "liangjiang", 900), ("fbb_subs_total", "liangjiang", 1_000)])
    issued = (await issue(town)).json()
    files = {one["ending"]: (await town.get(one["path"])).content for one in issued["files"]}
    lines = paragraphs(files["docx"])
    sheets = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(files["xlsx"])).sheet_names

    assert [line for line in lines if line.startswith("（") and "）" in line[:3]] == [
        "（一）主要指标",
        "（二）进度和预测",
        "（三）各企业情况",
    ]
    assert not any("月均增量" in line and "至" in line for line in lines)  # one month has no pace
    assert "各街道" not in sheets
    assert "各企业" in sheets


async def test_cases_that_were_approved_by_the_months_end_are_named(liangjiang: CampaignApi) -> None:
    for title, on in (("智能工厂", "2022-08-31"), ("远程诊疗", "2022-09-01"), ("超高清直播", None)):
        await file_case(liangjiang, title, on)
    await issue(liangjiang)
    content = await content_of(liangjiang, 1)
    lines = paragraphs((await liangjiang.get("/v1/reports/1/report.docx")).content)

    assert [(one["title"], one["applicant"], one["org"]) for one in content["cases"]["approved"]] == [
        ("智能工厂", "某汽车制造企业", "telecom")
    ]
    assert (content["cases"]["waiting"], content["headline"]["incomplete"]) == (1, 6)
    assert {"domain": "vertical_industry", "approved": 1} in [
        {"domain": one["code"], "approved": one["approved"]} for one in content["cases"]["domains"]
    ]
    assert "智能工厂" in lines
    assert any("仍缺报的单位有经济运行局（24项）、电信（61项）" in line for line in lines)


async def test_what_the_campaign_sets_of_an_official_document_has_its_place_and_nothing_else_is_printed(
    liangjiang: CampaignApi, definition: Definition
) -> None:
    await liangjiang.samples("2022-08")
    await issue(liangjiang)
    form = ReportForm(
        document_number="两江千兆专班〔{year}〕{number}号",
        signatory="王某",
        contact="李某，023-12345678",
        copies_to="各街道办事处。",
        printed_by="产业促进局办公室",
    )
    await liangjiang.apply(definition.model_copy(update={"report": form, "tasks": ()}))
    await issue(liangjiang)
    plain, official = [(await liangjiang.get(f"/v1/reports/{number}/report.docx")).content for number in (1, 2)]

    lines = paragraphs(official)
    assert lines[:2] == ["两江千兆专班〔2022〕2号签发人：王某", "两江新区“千兆城市”建设工作情况月报"]
    assert "（联系人：李某，023-12345678）" in lines
    assert lines[-2:] == ["抄送：各街道办事处。", "产业促进局办公室2022年9月6日印发"]
    assert b"</w:t><w:tab/><w:t" in parts_of(official)["word/document.xml"]
    assert not any("重点任务" in line for line in lines)  # the campaign has no tasks any more
    assert paragraphs(plain)[0] == lines[1]
    assert not any(word in line for line in paragraphs(plain) for word in ("签发人", "抄送", "印发", "联系人", "上期"))


async def test_a_word_document_has_a_chart_substitutes_for_its_fonts_and_keeps_punctuation_in_the_line(
    two_months: CampaignApi,
) -> None:
    await issue(two_months)
    parts = parts_of((await two_months.get("/v1/reports/2/report.docx")).content)

    chart = parts["word/charts/chart1.xml"].decode()
    assert re.findall(r"<c:v>([0-9.]+)</c:v>", chart) == ["102.8", "99.8", "104.8", "99.9", "100.8", "104.1", "0.0"]
    assert b'r:id="chart1"' in parts["word/document.xml"]
    assert b'Id="chart1"' in parts["word/_rels/document.xml.rels"]
    assert b"/word/charts/chart1.xml" in parts["[Content_Types].xml"]
    fonts = parts["word/fontTable.xml"].decode()
    for font, substitute in (
        ("仿宋", "仿宋_GB2312"),
        ("黑体", "SimHei"),
        ("楷体", "楷体_GB2312"),
        ("方正小标宋简体", "方正小标宋_GBK"),
    ):
        assert re.search(f'<w:font w:name="{font}"><w:altName w:val="[^"]*{substitute}[,"]', fonts)
    styles = ET.fromstring(parts["word/styles.xml"])  # noqa: S314 - our own file
    for style in styles.iter(f"{WORD}style"):
        if style.get(f"{WORD}type") == "paragraph":
            (hanging,) = style.iter(f"{WORD}overflowPunct")
            assert hanging.get(f"{WORD}val") == "0"


async def test_a_workbook_has_dates_and_months_headers_in_view_and_the_columns_of_the_word_document(
    two_months: CampaignApi,
) -> None:
    await file_case(two_months, "智能工厂", "2022-08-20")
    await issue(two_months)
    docx, xlsx = [(await two_months.get(f"/v1/reports/2/report.{ending}")).content for ending in ("docx", "xlsx")]
    lines = paragraphs(docx)
    headers = {
        "指标": ("主要指标完成情况", 9),
        "进度预测": ("进度和预测", 6),
        "与上期对比": ("与上期对比", 7),
        "应用案例": ("已认定应用案例", 6),
        "数据报送": ("各单位数据报送情况", 8),
    }

    for sheet, (caption, count) in headers.items():
        first = {"序号", "指标", "填报单位"}  # of a table's header
        at = next(at for at, line in enumerate(lines, start=1) if line == caption and lines[at] in first)
        word = lines[at : at + count]
        header = next(row for row in rows_of(xlsx, sheet) if str(row[0]).split("\n")[0] == word[0])
        titles = [str(title).split("\n")[0] for title in header if title != "差距的计量单位和对象\nWhat is missing"]
        assert titles[:count] == word, sheet
    months = [row[0] for row in rows_of(xlsx, "走势") if isinstance(row[0], date)]
    assert months[:2] == [date(2022, 7, 1), date(2022, 8, 1)]
    approved = next(row for row in rows_of(xlsx, "应用案例") if row[1] == "智能工厂")
    assert approved[5] == date(2022, 8, 20)
    sheets = [content.decode() for name, content in parts_of(xlsx).items() if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
    assert len(sheets) == 10
    for sheet in sheets:
        assert '<pane ySplit="' in sheet
        assert '<pageSetUpPr fitToPage="1"/>' in sheet
    names = parts_of(xlsx)["xl/workbook.xml"].decode()
    assert names.count("_xlnm.Print_Titles") == len(sheets)


async def test_no_chart_of_the_workbook_is_cut_at_the_end_of_a_page(two_months: CampaignApi) -> None:
    await issue(two_months)
    workbook = parts_of((await two_months.get("/v1/reports/2/report.xlsx")).content)

    broken = 0
    for name in [name for name in workbook if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]:
        sheet = workbook[name].decode()
        drawing = re.search(r"drawings/(drawing\d+\.xml)", workbook.get(f"xl/worksheets/_rels/{name[14:]}.rels", b"").decode())
        if drawing is None:
            continue
        page = 642 if 'orientation="landscape"' in sheet else 1446  # points of a page that is as wide as two charts
        heights = {int(row): float(height) for row, height in re.findall(r'<row r="(\d+)"[^>]* ht="([\d.]+)"', sheet)}
        header = heights[int(re.findall(r'<pane ySplit="(\d+)"', sheet)[0])]
        starts = [0, *map(int, re.findall(r'<brk id="(\d+)"', sheet))]
        broken += len(starts) - 1
        anchors = workbook[f"xl/drawings/{drawing[1]}"].decode()
        for first, last in re.findall(r"<xdr:from>.*?<xdr:row>(\d+)<.*?<xdr:to>.*?<xdr:row>(\d+)<", anchors, re.DOTALL):
            start = max(row for row in starts if row <= int(first))
            assert start == max(row for row in starts if row <= int(last)), (name, first)
            if start:
                assert header + sum(heights.get(row, 15) for row in range(start + 1, int(last) + 2)) <= page, (name, first)
    assert broken > 0


SOFFICE = Path(shutil.which("soffice") or "/nowhere").resolve()
HAS_LIBREOFFICE = all((SOFFICE.parent / f"lib{part}lo.so").exists() for part in ("sw", "sc"))  # word processor and spreadsheet


def pages_of(content: bytes, ending: str, directory: Path) -> int:
    """Return the number of pages of a file that LibreOffice renders."""
    (directory / f"report.{ending}").write_bytes(content)
    profile = f"-env:UserInstallation={(directory / 'profile').as_uri()}"
    command = [str(SOFFICE), profile, "--headless", "--convert-to", "pdf", f"report.{ending}"]
    subprocess.run(command, cwd=directory, capture_output=True, timeout=120, check=True)
    rendered = (directory / "report.pdf").read_bytes()
    (directory / "report.pdf").unlink()
    return len(re.findall(rb"/Type\s*/Page\b", rendered))


@pytest.mark.skipif(not HAS_LIBREOFFICE, reason="LibreOffice is not installed")
async def test_libreoffice_renders_every_page_of_both_files(two_months: CampaignApi, tmp_path: Path) -> None:
    await issue(two_months)
    docx, xlsx = [(await two_months.get(f"/v1/reports/2/report.{ending}")).content for ending in ("docx", "xlsx")]

    assert pages_of(docx, "docx", tmp_path) in range(8, 14)
    assert pages_of(xlsx, "xlsx", tmp_path) in range(9, 20)
