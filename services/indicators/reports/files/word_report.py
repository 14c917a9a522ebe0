"""A report as a Word document, in the layout and the order of an official Chinese report. Pure: from its JSON content."""

from collections.abc import Iterator
from datetime import UTC, datetime

from services.indicators.reports.files import word_tables as tables
from services.indicators.reports.files.word_document import WordParagraph, WordTable, render_document
from services.indicators.reports.files.word_indicators import indicator_section
from services.indicators.reports.files.wording import (
    NUMERALS,
    ReportPart,
    ReportText,
    day_zh,
    figure_zh,
    gap_zh,
    goal_zh,
    month_zh,
)
from shared.vocabulary import Status, SubmissionState

Blocks = Iterator[WordParagraph | WordTable]


def render_word_report(content: ReportPart, mark: str | None) -> bytes:
    """The file; `mark` stands above every page."""
    return render_document(
        _blocks(ReportText(content)),
        title=f"{content['title']['zh']}（{month_zh(content['month'])}）",
        author=content["author"]["zh"],
        created=datetime.fromisoformat(content["issued_at"]).astimezone(UTC),
        mark=mark,
    )


def _blocks(report: ReportText) -> Blocks:
    content = report.content
    yield WordParagraph(content["title"]["zh"], "Title")
    yield WordParagraph(f"（{month_zh(content['month'])}，第{content['number']}期）", "Subtitle")
    yield WordParagraph("、".join(each["title"]["zh"] for each in content["addressed_to"]) + "：", "Addressee")
    yield WordParagraph(f"现将{month_zh(content['month'])}指标推进、案例挖掘和数据报送情况报告如下。")
    sections = {
        "总体情况": _overview,
        "指标完成情况": indicator_section,
        "与上期对比及原因": _differences,
        "应用案例挖掘情况": _cases,
        "重点任务推进情况": _tasks,
        "数据报送情况": _reporting,
        "存在问题": lambda report: _lines(report.content["problems"]),
        "下一步工作": lambda report: _lines(report.content["next_steps"]),
        "数据来源": _sources,
    }
    for numeral, (title, section) in zip(NUMERALS, sections.items(), strict=False):
        yield WordParagraph(f"{numeral}、{title}", "Heading1")
        yield from section(report)
    yield WordParagraph("")
    yield WordParagraph("附件：指标口径及来源")
    yield WordParagraph("")
    yield WordParagraph(content["author"]["zh"], "Signature", with_next=True)
    yield WordParagraph(day_zh(report.issued_on), "Signature")
    yield WordParagraph("附件", "Attachment", new_page=True)
    yield tables.counting_method_table(report)


def _overview(report: ReportText) -> Blocks:
    content = report.content
    headline = content["headline"]
    counted = [f"{headline['met']}项达标", f"{headline['not_met']}项未达标"]
    counted += [
        f"{headline[name]}项{told}" for name, told in (("incomplete", "数据不全"), ("not_applicable", "不适用")) if headline[name]
    ]
    yield WordParagraph(f"截至{month_zh(content['month'])}末，{headline['targets']}项目标指标中，{'、'.join(counted)}。")
    for status, told in ((Status.MET, "已达标"), (Status.NOT_MET, "未达标"), (Status.INCOMPLETE, "数据不全、不作判定")):
        named = [_told(each) for each in report.judged if each["line"]["status"] == status]
        if named:
            yield WordParagraph(f"{told}的是：{'；'.join(named)}。")
    if headline["provisional"]:
        waiting = [each["org"] for each in content["reporting"]["organisations"] if each["state"] != SubmissionState.ACCEPTED]
        yield WordParagraph(f"{report.orgs(waiting) or '有单位'}当月数据尚未接收，上述数据为初步数据。")
    else:
        yield WordParagraph("各单位当月数据均已接收。")
    if content["supersedes"]:
        yield WordParagraph(f"本期为{month_zh(content['month'])}月报的重新发布，代替第{content['supersedes']}期。")


def _told(indicator: ReportPart) -> str:
    line, unit = indicator["line"], indicator["unit"]["zh"]
    title = indicator["title"]["zh"]
    if line["status"] == Status.INCOMPLETE:
        return f"{title}（缺{len(line['missing'])}项数据）"
    missing = f"，尚差{gap_zh(indicator)}" if line["status"] == Status.NOT_MET else ""
    return f"{title}{figure_zh(line['display'], unit)}（目标{goal_zh(line['target'], unit)}{missing}）"


def _differences(report: ReportText) -> Blocks:
    content = report.content
    differences = content["differences"]
    if differences is None:
        yield WordParagraph("本期为第一期，无上期可比。")
        return
    before = f"第{differences['number']}期（{month_zh(differences['month'])}，数据版本{differences['data_version']}）"
    moved = "" if differences["month"] == content["month"] else f"本期数据为{month_zh(content['month'])}，"
    yield WordParagraph(f"上期为{before}，{moved}各项指标变化如下。")
    yield tables.difference_table(report)
    if differences["revisions"]:
        yield WordParagraph(
            f"上期发布后，{month_zh(differences['month'])}数据有{len(differences['revisions'])}组补报、更正或撤销："
        )
        yield tables.revision_table(report)
    else:
        yield WordParagraph(f"上期发布后，{month_zh(differences['month'])}数据没有补报、更正或撤销。")


def _cases(report: ReportText) -> Blocks:
    cases = report.content["cases"]
    by_domain = "、".join(f"{each['title']['zh']}{each['approved']}个" for each in cases["domains"])
    waiting = f"，另有{cases['waiting']}个已提交待审核" if cases["waiting"] else "，没有待审核的案例"
    yield WordParagraph(f"累计认定应用案例{len(cases['approved'])}个（{by_domain}）{waiting}。")
    if cases["approved"]:
        yield tables.case_table(report)


def _tasks(report: ReportText) -> Blocks:
    yield WordParagraph("对照任务清单，各项任务进展如下。指标达标不等于任务完成，任务是否完成由工作专班另行确认。")
    yield tables.task_table(report)


def _reporting(report: ReportText) -> Blocks:
    reporting = report.content["reporting"]
    due, grace = day_zh(reporting["due"]), day_zh(reporting["grace_until"])
    by_now = f"{month_zh(report.content['month'])}数据应于{due}前报送（宽限至{grace}）。截至{day_zh(report.issued_on)}，"
    late = [each for each in reporting["organisations"] if each["late"]]
    missing = [each for each in reporting["organisations"] if each["missing"]]
    told_of = []
    if late:
        told = "、".join(f"{report.org(each['org'])}（{each['late']}项，最长{each['late_days']}天）" for each in late)
        told_of.append(f"迟报的单位有{told}")
    if missing:
        told = "、".join(f"{report.org(each['org'])}（{each['missing']}项）" for each in missing)
        told_of.append(f"仍有缺报的单位有{told}")
    yield WordParagraph(f"{by_now}{'；'.join(told_of) or '各单位均按时报齐'}。")
    yield tables.reporting_table(report)


def _sources(report: ReportText) -> Blocks:
    content = report.content
    versions = f"数据版本{content['data_version']}、口径版本{content['definition_version']}"
    yield WordParagraph(
        f"本报告依据{content['sources']['plan']['zh']}编制，数据取自各单位按月报送的计数，比率由系统按口径计算、截尾不进位，{versions}。"
    )
    titles = {each["code"]: each["title"]["zh"] for each in content["sources"]["metrics"]}
    older = [f"{titles[each['metric']]}为{month_zh(each['month'])}数" for each in content["sources"]["references"]]
    if older:
        yield WordParagraph(f"基准数中，{'；'.join(older)}。")


def _lines(text: str) -> Blocks:
    """What the task force wrote; a draft may lack it."""
    for line in (text or "（待填写）").splitlines():
        if line.strip():
            yield WordParagraph(line.strip())
