"""The month and the data version of a summary."""

import csv
import io
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from shared.campaign.definition import Definition
from shared.http import workbooks
from tests.fixtures_campaign_api import CampaignApi

TOTAL = ("fbb_subs_total", "liangjiang")


async def _refused(liangjiang: CampaignApi, **question: Any) -> tuple[int, str]:
    answer = await liangjiang.get("/v1/summary", **question)
    return answer.status_code, answer.json()["code"]


async def test_a_range_answers_month_by_month_and_like_each_month_alone(liangjiang: CampaignApi) -> None:
    for month in ("2022-06", "2022-08"):
        await liangjiang.samples(month)

    span = await liangjiang.lines(**{"from": "2022-05", "to": "2022-08", "group_by": "area"})
    alone = [
        line for month in ("05", "06", "07", "08") for line in await liangjiang.lines(month=f"2022-{month}", group_by="area")
    ]

    assert span == alone
    assert len(span) > 4


async def test_a_range_has_36_months_at_most_and_runs_forward(liangjiang: CampaignApi) -> None:
    longest = await liangjiang.get("/v1/summary", **{"from": "2019-09", "to": "2022-08"})

    assert (longest.status_code, len({line["month"] for line in longest.json()["lines"]})) == (200, 36)
    for question in (
        {"from": "2019-08", "to": "2022-08"},
        {"from": "2022-08", "to": "2022-07"},
        {"from": "2022-08"},
        {"to": "2022-08"},
        {"month": "2022-08", "from": "2022-08", "to": "2022-08"},
        {"month": "2022-13"},
        {"month": "202208"},
        {"group_by": "street"},
        {"month": "2022-08", "groupby": "area"},
        {"month": ["2022-07", "2022-08"]},
    ):
        assert (question, *(await _refused(liangjiang, **question))) == (question, 422, "schema")


async def test_a_month_left_out_is_the_latest_past_its_due_day_and_is_named(liangjiang: CampaignApi) -> None:
    body = await liangjiang.get_ok("/v1/summary")
    assert {line["month"] for line in body["lines"]} == {"2022-08"}

    liangjiang.clock.fixed = datetime.fromisoformat("2022-09-05T23:00+08:00")
    assert {line["month"] for line in (await liangjiang.get_ok("/v1/summary"))["lines"]} == {"2022-07"}


async def test_a_summary_can_be_read_as_of_any_version_and_of_no_later_one(liangjiang: CampaignApi) -> None:
    versions = [(await liangjiang.push_ok("telecom", [(*TOTAL, value)]))["data_version"] for value in (80, 90, 70)]

    for version, value in zip(versions, (80, 90, 70), strict=True):
        body = await liangjiang.get_ok("/v1/summary", month="2022-08", as_of=version)
        assert body["data_version"] == version
        (line,) = [line for line in body["lines"] if line["indicator"] == "fbb_500m_share"]
        assert line["partial"]["denominator"] == value
    first = await liangjiang.get_ok("/v1/summary", month="2022-08", as_of=1)
    assert {line["cells"]["reported"] for line in first["lines"]} == {0}
    assert await _refused(liangjiang, month="2022-08", as_of=versions[-1] + 1) == (422, "future_version")
    assert await _refused(liangjiang, month="2022-08", as_of=10**14) == (422, "future_version")
    assert await _refused(liangjiang, month="2022-08", as_of=10**15) == (422, "schema")
    assert await _refused(liangjiang, month="2022-08", as_of=0) == (422, "schema")  # before the first definition


async def test_an_instant_names_the_version_that_stood_then(liangjiang: CampaignApi) -> None:
    start = liangjiang.clock.now()
    versions = []
    for hour, value in enumerate((80, 90)):
        liangjiang.clock.fixed = start + timedelta(hours=hour)
        versions.append((await liangjiang.push_ok("telecom", [(*TOTAL, value)]))["data_version"])
    liangjiang.clock.fixed = start + timedelta(hours=5)

    async def version_at(instant: datetime | str) -> int:
        text = instant if isinstance(instant, str) else instant.isoformat()
        return int((await liangjiang.get_ok("/v1/summary", month="2022-08", as_of=text))["data_version"])

    assert await version_at(start - timedelta(seconds=1)) == 1
    assert await version_at(start) == versions[0]
    assert await version_at(start + timedelta(minutes=59)) == versions[0]
    assert await version_at(start + timedelta(hours=1)) == versions[1]
    assert await version_at(start + timedelta(hours=5)) == versions[1]
    assert await version_at("2022-09-06T10:59:59+08:00") == versions[0]
    assert await version_at("2022-09-06T02:59:59Z") == versions[0]
    future = (start + timedelta(hours=6)).isoformat()
    assert await _refused(liangjiang, month="2022-08", as_of=future) == (422, "future_version")
    assert await _refused(liangjiang, month="2022-08", as_of="2020-01-01T00:00:00Z") == (422, "schema")
    for wrong in ("yesterday", "2022-09-06T10:00:00", "2022-09-06", "-1", "1.5", "", "x" * 65):
        assert (wrong, *(await _refused(liangjiang, month="2022-08", as_of=wrong))) == (wrong, 422, "schema")


async def test_earlier_versions_are_not_for_carriers_nor_streets(liangjiang: CampaignApi) -> None:
    for org in ("telecom", "renhe"):
        for as_of in ("1", "2022-09-06T09:00:00+08:00"):
            answer = await liangjiang.get("/v1/summary", org, month="2022-08", group_by="org", as_of=as_of)
            assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_an_as_of_answer_does_not_depend_on_the_clock(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08", "telecom", "economy")
    before = await liangjiang.get("/v1/summary", month="2022-08", as_of=3)

    liangjiang.clock.fixed = datetime.fromisoformat("2031-01-01T00:00+08:00")
    after = await liangjiang.get("/v1/summary", month="2022-08", as_of=3)

    assert (before.content, before.headers["ETag"]) == (after.content, after.headers["ETag"])


async def test_a_definition_applied_since_the_last_question_answers_the_next(
    liangjiang: CampaignApi, definition: Definition
) -> None:
    await liangjiang.samples("2022-08", "economy")
    before = await liangjiang.get_ok("/v1/summary", month="2022-08")
    body = definition.body()
    body["indicator"] = [block for block in body["indicator"] if block["code"] != "sme_average_charge"]
    body["target"] = [block for block in body["target"] if block["indicator"] != "sme_average_charge"]
    version = await liangjiang.apply(Definition.model_validate(body))
    after = await liangjiang.get_ok("/v1/summary", month="2022-08")
    assert (after["data_version"], after["definition_version"]) == (version, version)
    gone = {line["indicator"] for line in before["lines"]} - {line["indicator"] for line in after["lines"]}
    assert gone == {"sme_average_charge"}


async def test_filters_leave_the_lines_as_they_are_and_know_their_codes(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08")
    every = await liangjiang.lines(group_by="area,org")
    question = {"indicator": "pon_10g_share", "area": "500112022", "org": "telecom"}

    filtered = await liangjiang.lines(group_by="area,org", **question)
    of_area = await liangjiang.lines(group_by="area,org", area="500112022")

    assert filtered == [line for line in every if {name: line[name] for name in question} == question]
    assert of_area == [line for line in every if line["area"] == "500112022"]
    assert len(filtered) == 1
    for name in question:
        assert await _refused(liangjiang, group_by="area,org", **{name: "nowhere"}) == (422, "schema")
    for name in ("area", "org"):
        assert await _refused(liangjiang, **{name: question[name]}) == (422, "schema")


async def test_the_workbook_has_the_rows_of_the_csv(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-08")
    path, question = "/v1/summary", {"from": "2022-07", "to": "2022-08", "group_by": "area"}
    csv_file = await liangjiang.get(path, **question, format="csv", bom=False)
    book = await liangjiang.get(f"{path}/summary.xlsx", **question)
    again = await liangjiang.get(f"{path}/summary.xlsx", **question)

    rows = list(csv.reader(io.StringIO(csv_file.content.decode(), newline="")))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()

    assert [[_shown(cell) for cell in row] for row in sheet] == [[_shown(cell) for cell in row] for row in rows]
    assert "summary-" in book.headers["Content-Disposition"]
    assert (again.content, again.headers["ETag"]) == (book.content, book.headers["ETag"])
    assert book.headers["ETag"] != csv_file.headers["ETag"]


async def test_a_workbook_has_as_many_rows_as_its_limit_and_a_longer_table_is_refused(
    liangjiang: CampaignApi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    await liangjiang.samples("2022-08")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    question = {"from": "2022-07", "to": "2022-08", "group_by": "area"}
    lines = len((await liangjiang.get_ok("/v1/summary", **question))["lines"])

    answers = []
    for limit in (lines, lines - 1):
        monkeypatch.setattr(workbooks, "_MAX_ROWS", limit)
        answers.append(await liangjiang.get("/v1/summary/summary.xlsx", **question))

    whole, refused = answers
    assert _files_in(tmp_path) == []
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(whole.content)).get_sheet_by_index(0)
    assert (whole.status_code, sheet.height) == (200, lines + 1)
    assert (refused.status_code, refused.json()["code"]) == (406, "not_acceptable")
    assert f"{lines - 1}" in refused.json()["detail"]
    assert (await liangjiang.get("/v1/summary", **question, format="csv")).text.count("\n") == lines + 1


def _files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


def _shown(cell: object) -> str:
    """Return a cell as a text that is the same for numbers in both files."""
    text = str(cell).lower()
    try:
        return str(float(text))
    except ValueError:
        return text
