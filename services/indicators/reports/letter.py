"""A report as a Word document, in the layout and the order of an official Chinese report. Pure: from its JSON content."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from services.indicators.reports import letter_tables as tables
from services.indicators.reports.ooxml import Paragraph, Table, document
from services.indicators.reports.wording import Document, Words, bounds_zh, day_zh, figure_zh, gap_zh, goal_zh, month_zh
from shared.vocabulary import ForecastState, Status, SubmissionState

_NUMERALS: Final = "一二三四五六七八九十"
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
        "指标完成情况": _indicators,
        "与上期对比及原因": _differences,
        "应用案例挖掘情况": _cases,
        "重点任务推进情况": _tasks,
        "数据报送情况": _reporting,
        "存在问题": lambda words: _lines(words.content["problems"]),
        "下一步工作": lambda words: _lines(words.content["next_steps"]),
        "数据来源": _sources,
    }
    for numeral, (title, section) in zip(_NUMERALS, sections.items(), strict=False):
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


def _indicators(words: Words) -> Blocks:
    yield Paragraph("（一）目标指标", "Heading2")
    yield tables.targets(words)
    bounds = [told for each in words.content["indicators"] if (told := bounds_zh(each))]
    if bounds:
        yield Paragraph("".join(bounds))
    yield Paragraph("（二）进度和预测", "Heading2")
    yield from _outlook(words)
    yield Paragraph("（三）各街道情况", "Heading2")
    yield tables.areas(words)
    yield from _areas_below(words)
    yield Paragraph("（四）各企业情况", "Heading2")
    yield tables.carriers(words)
    yield Paragraph("各企业数据用于核对和督促，不单独判定是否达标。")
    if words.informational:
        yield Paragraph("（五）参考指标", "Heading2")
        yield Paragraph(
            "；".join(
                f"{each['title']['zh']}{figure_zh(each['line']['display'], each['unit']['zh'])}" for each in words.informational
            )
            + "。"
        )


def _outlook(words: Words) -> Blocks:
    """What the present pace leads to, and what it rests on."""
    states = [each["outlook"]["target"]["forecast"]["state"] for each in words.judged]
    if states.count(ForecastState.WILL_MEET) == len(states) > 0:
        yield Paragraph(f"按目前进度推算，{len(states)}项指标到完成时限均可达标。")
    for state, told in (
        (ForecastState.WILL_MISS, "按目前进度到完成时限不能达标的"),
        (ForecastState.INSUFFICIENT_DATA, "可比月份不足、暂不能预测的"),
    ):
        named = [each["title"]["zh"] for each in words.judged if each["outlook"]["target"]["forecast"]["state"] == state]
        if named:
            yield Paragraph(f"{told}有{len(named)}项：{'、'.join(named)}。")
    yield tables.outlook(words)
    months = sorted({month for each in words.judged for month in each["outlook"]["basis"]["months"]})
    if months:
        yield Paragraph(
            f"月均增加和预测依据{month_zh(months[0])}至{words.month(months[-1])}中口径一致、数据齐全的月份按直线推算，"
            "每月须增为差距除以剩余月数，供调度参考，不作判定。"
        )


def _areas_below(words: Words) -> Blocks:
    """Which streets are below the target of the whole."""
    below = []
    for each in words.judged:
        codes = [line["area"] for line in each["areas"] if line["status"] == Status.NOT_MET]
        if codes:
            whole = len(codes) == len(each["areas"]) > 1
            below.append(f"{each['title']['zh']}{len(codes)}个（{'全部' if whole else words.areas(codes)}）")
    if below:
        yield Paragraph(f"低于全区目标的街道：{'；'.join(below)}。")


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
