"""A report as a Word document, in the layout and the order of an official Chinese report."""

from datetime import datetime

from services.indicators.reports.files import word_tables as tables
from services.indicators.reports.files.word_document import WordBlocks, WordParagraph, render_document
from services.indicators.reports.files.word_indicators import indicator_section
from services.indicators.reports.files.word_registry import (
    action_item_section,
    case_blocks,
    challenge_section,
    difficulty_section,
    registry_overview,
    task_section,
)
from services.indicators.reports.files.wording import (
    NUMERALS,
    ROWS_MAX,
    ReportPart,
    ReportText,
    changed_differences,
    goal_zh,
    shortfall_zh,
    status_zh,
    unchanged_differences,
    value_zh,
    verdict_zh,
)
from shared.domain.submission_moves import CLOSED_STATES
from shared.values.months import day_zh, month_zh
from shared.vocabulary import Status, SubmissionState


def render_word_report(content: ReportPart, mark: str | None) -> bytes:
    """Return the file; `mark` is printed at the top of every page."""
    return render_document(
        _blocks(ReportText(content)),
        title=f"{content['title']['zh']}（{month_zh(content['month'])}）",
        author=content["author"]["zh"],
        created=datetime.fromisoformat(content["issued_at"]),
        mark=mark,
    )


def _blocks(report: ReportText) -> WordBlocks:
    content = report.content
    month = month_zh(content["month"])
    yield from _letterhead(report)
    yield WordParagraph(content["title"]["zh"], "Title")
    yield WordParagraph(f"（{month}，第{content['number']}期）", "Subtitle")
    yield WordParagraph("、".join(org["title"]["zh"] for org in content["addressed_to"]) + "：", "Addressee")
    yield WordParagraph(f"现将{month}指标推进、任务落实、案例挖掘和数据报送情况报告如下。")
    sections = {
        "总体情况": _overview(report),
        "指标完成情况": indicator_section(report),
        "与上期对比及原因": _differences(report),
        "应用案例挖掘情况": _cases(report),
        "重点任务推进情况": task_section(report),
        "具体困难协调解决情况": difficulty_section(report),
        "督办事项办理情况": action_item_section(report),
        "数据质疑处理情况": challenge_section(report),
        "数据报送情况": _reporting(report),
        "存在问题": _written(content["problems"]),
        "下一步工作": _written(content["next_steps"]),
        "数据来源": _sources(report),
    }
    with_content = {title: blocks for title, section in sections.items() if (blocks := list(section))}
    for numeral, (title, blocks) in zip(NUMERALS, with_content.items(), strict=False):
        yield WordParagraph(f"{numeral}、{title}", "Heading1")
        yield from blocks
    yield WordParagraph("附件：指标口径及来源", "AttachmentNote")
    yield WordParagraph(content["author"]["zh"], "Signature", with_next=True)
    contact = content["letterhead"]["contact"]
    yield WordParagraph(day_zh(report.issued_on), "Signature", with_next=contact is not None)
    if contact:
        yield WordParagraph(f"（联系人：{contact}）")
    yield WordParagraph("附件", "Attachment", new_page=True)
    yield tables.counting_method_table(report)
    yield from _imprint(report)


def _letterhead(report: ReportText) -> WordBlocks:
    """Yield the document number and the signatory on one line, if the campaign sets them."""
    letterhead = report.content["letterhead"]
    signatory = f"签发人：{letterhead['signatory']}" if letterhead["signatory"] else ""
    if letterhead["document_number"] or signatory:
        yield WordParagraph("\t".join(filter(None, (letterhead["document_number"], signatory))), "Letterhead")


def _imprint(report: ReportText) -> WordBlocks:
    """Yield the recipients of copies, and the office that prints the report with the date, if the campaign sets them."""
    letterhead = report.content["letterhead"]
    if letterhead["copies_to"]:
        yield WordParagraph(f"抄送：{letterhead['copies_to'].rstrip('。')}。", "Imprint")
    if letterhead["printed_by"]:
        yield WordParagraph(f"{letterhead['printed_by']}\t{day_zh(report.issued_on)}印发", "Imprint")


def _overview(report: ReportText) -> WordBlocks:
    content = report.content
    headline = content["headline"]
    numbers = [f"{headline['met']}项达标", f"{headline['not_met']}项未达标"]
    for name, label in (("incomplete", "数据不全"), ("not_reported", "未填报"), ("not_applicable", "不适用")):
        if headline[name]:
            numbers.append(f"{headline[name]}项{label}")
    yield WordParagraph(f"截至{month_zh(content['month'])}末，{headline['targets']}项设有目标值的指标中，{'、'.join(numbers)}。")
    for status, label in ((Status.MET, "已达标"), (Status.NOT_MET, "未达标"), (Status.INCOMPLETE, "数据不全、不作判定")):
        values = [_value_and_goal(indicator) for indicator in report.with_target if indicator["line"]["status"] == status]
        if values:
            # Long numbers and rates do not break: justified, the lines before them would be stretched.
            yield WordParagraph(f"{label}{len(values)}项：{'；'.join(values)}。", "Items")
    if headline["provisional"]:
        organisations = content["reporting"]["organisations"]
        pending = [org["org"] for org in organisations if org["state"] != SubmissionState.ACCEPTED]
        yield WordParagraph(f"{report.orgs(pending) or '有单位'}当月数据尚未审核通过，上述数据为初步数据。")
    else:
        yield WordParagraph("各单位当月数据均已审核通过。")
    if content["supersedes"]:
        yield WordParagraph(f"本期为{month_zh(content['month'])}月报的更正版，第{content['supersedes']}期同时作废。")
    yield from registry_overview(report)


def _value_and_goal(indicator: ReportPart) -> str:
    line, unit = indicator["line"], indicator["unit"]["zh"]
    title = indicator["title"]["zh"]
    if line["status"] == Status.INCOMPLETE:
        return f"{title}（缺{len(line['missing'])}项数据）"
    gap = f"，{_shortfall(indicator)}" if line["status"] == Status.NOT_MET else ""
    verdict = verdict_zh(line)
    late = f"，{verdict}" if verdict != status_zh(line["status"]) else ""
    return f"{title}为{value_zh(line['display'], unit)}（目标{goal_zh(line['target'], line['comparator'], unit)}{gap}{late}）"


def _shortfall(indicator: ReportPart) -> str:
    """Return the gap, with what it counts only where the indicator's title does not say it."""
    clause, title = shortfall_zh(indicator, indicator["line"]["gap"]), indicator["title"]["zh"].removesuffix("数")
    return clause.replace(title, "")


def _differences(report: ReportText) -> WordBlocks:
    content = report.content
    differences = content["differences"]
    if differences is None:
        return
    month, number = month_zh(differences["month"]), differences["number"]
    if differences["month"] == content["month"]:
        yield WordParagraph(f"本期更正第{number}期（数据版本{differences['data_version']}），以下“上期”指第{number}期。")
    else:
        yield WordParagraph(
            f"上期为第{number}期（{month}，数据版本{differences['data_version']}），本期数据为{month_zh(content['month'])}。"
        )
    if changed_differences(report):
        yield tables.difference_table(report)
    if unchanged := unchanged_differences(report):
        titles = "、".join(report.indicators[difference["indicator"]]["title"]["zh"] for difference in unchanged)
        yield WordParagraph(f"与上期持平的指标有{len(unchanged)}项：{titles}。")
    if differences["restated"]:
        yield WordParagraph("因数据补报、更正或口径调整，上期已公布的下列数值在本期有更正：")
        yield tables.restatement_table(report)
    if revisions := differences["revisions"]:
        more = f"，下表列出前{ROWS_MAX}项，其余见月报工作簿" if len(revisions) > ROWS_MAX else ""
        yield WordParagraph(f"上期发布后，其所依据的数据有{len(revisions)}项补报、更正或撤回{more}：")
        yield tables.revision_table(report)
    else:
        yield WordParagraph("上期发布后，其所依据的数据没有补报、更正或撤回。")


def _cases(report: ReportText) -> WordBlocks:
    """Yield the approved cases, and the cases by state; nothing if there are none."""
    cases = report.content["cases"]
    by_domain = "、".join(f"{domain['title']['zh']}{domain['approved']}个" for domain in cases["domains"] if domain["approved"])
    waiting = f"已申报、待认定的案例有{cases['waiting']}个。" if cases["waiting"] else ""
    if cases["total"]:
        yield WordParagraph(f"累计认定应用案例{cases['total']}个，其中{by_domain}。{waiting}")
    elif waiting:
        yield WordParagraph(waiting)
    yield from case_blocks(report)


def _reporting(report: ReportText) -> WordBlocks:
    reporting = report.content["reporting"]
    month, due, grace = month_zh(report.content["month"]), day_zh(reporting["due"]), day_zh(reporting["grace_until"])
    yield WordParagraph(
        f"{month}数据应于{due}前（含当日）报送，宽限期至{grace}。截至{day_zh(report.issued_on)}，{_reporting_state(report)}。"
    )
    yield tables.reporting_table(report)


def _reporting_state(report: ReportText) -> str:
    organisations = report.content["reporting"]["organisations"]
    late = [f"{report.org(org['org'])}（{org['late']}项，最长{org['late_days']}天）" for org in organisations if org["late"]]
    missing = [f"{report.org(org['org'])}（{org['missing']}项）" for org in organisations if org["missing"]]
    parts = [f"逾期的单位有{'、'.join(late)}"] if late else []
    parts += [f"仍缺报的单位有{'、'.join(missing)}"] if missing else []
    if parts:
        return "；".join(parts)
    not_submitted = [org["org"] for org in organisations if org["state"] not in CLOSED_STATES]
    return f"各单位数据均已按时填齐{f'（尚未正式报送的：{report.orgs(not_submitted)}）' if not_submitted else ''}"


def _sources(report: ReportText) -> WordBlocks:
    content = report.content
    versions = f"数据版本{content['data_version']}、方案配置版本{content['definition_version']}"
    yield WordParagraph(
        f"本报告依据{content['sources']['plan']['zh']}编制，数据取自各单位按月填报的基础数据，"
        f"比率按统一口径计算，小数只舍不入（{versions}）。"
    )
    titles = {metric["code"]: metric["title"]["zh"] for metric in content["sources"]["metrics"]}
    older = [f"{titles[reference['metric']]}为{month_zh(reference['month'])}数" for reference in content["sources"]["references"]]
    if older:
        yield WordParagraph(f"基准数中，{'；'.join(older)}。")


def _written(text: str) -> WordBlocks:
    """Yield the task force's own text, a paragraph a line; a draft may lack it."""
    for line in (text or "（待填写）").splitlines():
        if line.strip():
            yield WordParagraph(line.strip())
