"""Previews of a report."""

from typing import Any

from httpx import Response

from shared.vocabulary import Role
from tests.fixtures_campaign_api import CampaignApi
from tests.services.indicators.reports.files.test_render import paragraphs, parts_of, rows_of
from tests.services.indicators.reports.practice import WRITTEN, issue


async def preview(
    practice: CampaignApi, month: str = "2022-08", role: Role = Role.TASK_FORCE, ending: str = "json", **written: Any
) -> Response:
    """Look at a month's report, as the task force."""
    path = "/v1/reports/previews" + ("" if ending == "json" else f"/report.{ending}")
    return await practice.api.post(path, json={"month": month, **written}, headers=practice.headers("industry", role))


async def test_a_preview_is_what_is_issued_next_and_keeps_nothing(liangjiang: CampaignApi) -> None:
    await liangjiang.samples("2022-07")
    await issue(liangjiang, "2022-07")
    await liangjiang.samples("2022-08")
    await liangjiang.push_ok("telecom", [("mobile_subs_5g", "liangjiang", 80_000)])
    seen = await preview(liangjiang, **WRITTEN)
    again = await preview(liangjiang, **WRITTEN)

    assert (seen.status_code, seen.content, seen.headers.get("location")) == (200, again.content, None)
    assert (await liangjiang.get_ok("/v1/reports"))["total"] == 1
    report = (await issue(liangjiang)).json()
    issued = (await liangjiang.get("/v1/reports/2/report.json")).json()
    coming = seen.json()
    assert (coming["number"], coming["data_version"]) == (2, report["data_version"]) == (2, issued["data_version"])
    assert coming.pop("issued_at") <= issued.pop("issued_at")
    assert coming["reporting"].pop("at") <= issued["reporting"].pop("at")
    assert coming == issued


async def test_a_preview_may_lack_what_is_to_be_written_and_says_on_each_page_that_it_is_not_issued(
    liangjiang: CampaignApi,
) -> None:
    await liangjiang.samples("2022-08")
    word = await preview(liangjiang, ending="docx")
    book = await preview(liangjiang, ending="xlsx", problems="缺站址")
    await issue(liangjiang)
    issued = (await liangjiang.get("/v1/reports/1/report.docx")).content

    assert "liangjiang-2022-2022-08-report-draft.docx" in word.headers["content-disposition"]
    assert paragraphs(word.content).count("（待填写）") == 2
    assert "（待填写）" not in paragraphs(issued)
    assert "送审稿，未发布".encode() in parts_of(word.content)["word/header1.xml"]
    assert "送审稿".encode() not in b"".join(parts_of(issued).values())
    title = "两江新区“千兆城市”建设工作情况月报（2022年8月，第1期）（送审稿，未发布）"
    assert rows_of(book.content, "指标")[0][0] == title
    assert "【存在问题 Problems】\n缺站址" in [row[0] for row in rows_of(book.content, "问题措施与来源")]


async def test_only_the_task_force_previews_and_only_what_it_could_issue(liangjiang: CampaignApi) -> None:
    running, unknown = await preview(liangjiang, "2022-09"), await preview(liangjiang, ending="pdf")

    assert (await preview(liangjiang, role=Role.BUREAU)).status_code == 403
    assert (running.status_code, running.json()["code"]) == (409, "month_not_ended")
    assert unknown.status_code == 404
