"""A report as a Word document, in the layout and the order of an official Chinese report. Pure: from its JSON content."""

from collections.abc import Iterator
from datetime import UTC, datetime

from services.indicators.reports.files import letter_tables as tables
from services.indicators.reports.files.letter_indicators import indicators
from services.indicators.reports.files.ooxml import Paragraph, Table, document
from services.indicators.reports.files.wording import NUMERALS, Document, Words, day_zh, figure_zh, gap_zh, goal_zh, month_zh
from shared.vocabulary import Status, SubmissionState

Blocks = Iterator[Paragraph | Table]


def letter(content: Document, mark: str | None) -> bytes:
    """The file; `mark` stands above every page."""
    return document(
        _blocks(Words(content)),
        title=f"{content['title']['zh']}（{month_zh(content['month'])}）",
        author=content["author"]["zh"],
        created=datetime.fromisoformat(content["issued_at"]).astimezone(UTC),
        mark=mark,
    )


def _blocks(words: Words) -> Blocks:
    content = words.content
    yield Paragraph(content["title"]["zh"], "Title")
    yield Paragraph(f"（{month_zh(content['month'])}，第{content['number']}期）", "Subtitle")
    yield Paragraph("、".join(each["title"]["zh"] for each in content["addressed_to"]) + "：", "Addressee")
    yield Paragraph(f"现将{month_zh(content['month'])}指标推进、案例挖掘和数据报送情况报告如下。")
    sections = {
        "总体情况": _overview,
        "指标完成情况": indicators,
        "与上期对比及原因": _differences,
        "应用案例挖掘情况": _cases,
        "重点任务推进情况": _tasks,
        "数据报送情况": _reporting,
        "存在问题": lambda words: _lines(words.content["problems"]),
        "下一步工作": lambda words: _lines(words.content["next_steps"]),
        "数据来源": _sources,
    }
    for numeral, (title, section) in zip(NUMERALS, sections.items(), strict=False):
        yield Paragraph(f"{numeral}、{title}", "Heading1")
        yield from section(words)
    yield Paragraph("")
    yield Paragraph("附件：指标口径及来源")
    yield Paragraph("")
    yield Paragraph(content["author"]["zh"], "Signature", with_next=True)
    yield Paragraph(day_zh(words.issued_on), "Signature")
    yield Paragraph("附件", "Attachment", new_page=True)
    yield tables.calibers(words)


def _overview(words: Words) -> Blocks:
    content = words.content
    headline = content["headline"]
    counted = [f"{headline['met']}项达标", f"{headline['not_met']}项未达标"]
    counted += [
        f"{headline[name]}项{told}" for name, told in (("incomplete", "数据不全"), ("not_applicable", "不适用")) if headline[name]
    ]
    yield Paragraph(f"截至{month_zh(content['month'])}末，{headline['targets']}项目标指标中，{'、'.join(counted)}。")
    for status, told in ((Status.MET, "已达标"), (Status.NOT_MET, "未达标"), (Status.INCOMPLETE, "数据不全、不作判定")):
        named = [_told(each) for each in words.judged if each["line"]["status"] == status]
        if named:
            yield Paragraph(f"{told}的是：{'；'.join(named)}。")
    if headline["provisional"]:
        waiting = [each["org"] for each in content["reporting"]["organisations"] if each["state"] != SubmissionState.ACCEPTED]
        yield Paragraph(f"{words.orgs(waiting) or '有单位'}当月数据尚未接收，上述数据为初步数据。")
    else:
        yield Paragraph("各单位当月数据均已接收。")
    if content["supersedes"]:
        yield Paragraph(f"本期为{month_zh(content['month'])}月报的重新发布，代替第{content['supersedes']}期。")


def _told(indicator: Document) -> str:
    line, unit = indicator["line"], indicator["unit"]["zh"]
    title = indicator["title"]["zh"]
    if line["status"] == Status.INCOMPLETE:
        return f"{title}（缺{len(line['missing'])}项数据）"
    missing = f"，尚差{gap_zh(indicator)}" if line["status"] == Status.NOT_MET else ""
    return f"{title}{figure_zh(line['display'], unit)}（目标{goal_zh(line['target'], unit)}{missing}）"


def _differences(words: Words) -> Blocks:
    content = words.content
    differences = content["differences"]
    if differences is None:
        yield Paragraph("本期为第一期，无上期可比。")
        return
    before = f"第{differences['number']}期（{month_zh(differences['month'])}，数据版本{differences['data_version']}）"
    moved = "" if differences["month"] == content["month"] else f"本期数据为{month_zh(content['month'])}，"
    yield Paragraph(f"上期为{before}，{moved}各项指标变化如下。")
    yield tables.differences(words)
    if differences["revisions"]:
        yield Paragraph(f"上期发布后，{month_zh(differences['month'])}数据有{len(differences['revisions'])}组补报、更正或撤销：")
        yield tables.revisions(words)
    else:
        yield Paragraph(f"上期发布后，{month_zh(differences['month'])}数据没有补报、更正或撤销。")


def _cases(words: Words) -> Blocks:
    cases = words.content["cases"]
    by_domain = "、".join(f"{each['title']['zh']}{each['approved']}个" for each in cases["domains"])
    waiting = f"，另有{cases['waiting']}个已提交待审核" if cases["waiting"] else "，没有待审核的案例"
    yield Paragraph(f"累计认定应用案例{len(cases['approved'])}个（{by_domain}）{waiting}。")
    if cases["approved"]:
        yield tables.cases(words)


def _tasks(words: Words) -> Blocks:
    yield Paragraph("对照任务清单，各项任务进展如下。指标达标不等于任务完成，任务是否完成由工作专班另行确认。")
    yield tables.tasks(words)


def _reporting(words: Words) -> Blocks:
    reporting = words.content["reporting"]
    due, grace = day_zh(reporting["due"]), day_zh(reporting["grace_until"])
    by_now = f"{month_zh(words.content['month'])}数据应于{due}前报送（宽限至{grace}）。截至{day_zh(words.issued_on)}，"
    late = [each for each in reporting["organisations"] if each["late"]]
    missing = [each for each in reporting["organisations"] if each["missing"]]
    told_of = []
    if late:
        told = "、".join(f"{words.org(each['org'])}（{each['late']}项，最长{each['late_days']}天）" for each in late)
        told_of.append(f"迟报的单位有{told}")
    if missing:
        told = "、".join(f"{words.org(each['org'])}（{each['missing']}项）" for each in missing)
        told_of.append(f"仍有缺报的单位有{told}")
    yield Paragraph(f"{by_now}{'；'.join(told_of) or '各单位均按时报齐'}。")
    yield tables.reporting(words)


def _sources(words: Words) -> Blocks:
    content = words.content
    versions = f"数据版本{content['data_version']}、口径版本{content['definition_version']}"
    yield Paragraph(
        f"本报告依据{content['sources']['plan']['zh']}编制，数据取自各单位按月报送的计数，比率由系统按口径计算、截尾不进位，{versions}。"
    )
    titles = {each["code"]: each["title"]["zh"] for each in content["sources"]["metrics"]}
    older = [f"{titles[each['metric']]}为{month_zh(each['month'])}数" for each in content["sources"]["references"]]
    if older:
        yield Paragraph(f"基准数中，{'；'.join(older)}。")


def _lines(text: str) -> Blocks:
    """What the task force wrote; a draft may lack it."""
    for line in (text or "（待填写）").splitlines():
        if line.strip():
            yield Paragraph(line.strip())
