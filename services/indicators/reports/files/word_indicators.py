"""The section of a report's Word document that holds the indicators. Pure."""

from collections.abc import Callable, Iterator

from services.indicators.reports.files import word_tables as tables
from services.indicators.reports.files.word_document import WordParagraph, WordTable
from services.indicators.reports.files.wording import NUMERALS, ReportText, figure_zh, month_zh, other_variants_zh
from shared.vocabulary import ForecastState, Status

Blocks = Iterator[WordParagraph | WordTable]


def indicator_section(report: ReportText) -> Blocks:
    """Its parts, those of which there is something to tell."""
    shown = report.content["indicators"]
    parts: list[tuple[str, Callable[[ReportText], Blocks], bool]] = [
        ("目标指标", _targets, bool(report.judged)),
        ("进度和预测", _outlook, bool(report.judged)),
        ("各街道情况", _areas, any(each["areas"] for each in shown)),
        ("各企业情况", _carriers, any(each["orgs"] for each in report.judged)),
        ("参考指标", _informational, bool(report.informational)),
    ]
    told = [(title, section) for title, section, something in parts if something]
    for numeral, (title, section) in zip(NUMERALS, told, strict=False):
        yield WordParagraph(f"（{numeral}）{title}", "Heading2")
        yield from section(report)


def _targets(report: ReportText) -> Blocks:
    yield tables.target_table(report)
    bounds = [told for each in report.content["indicators"] if (told := other_variants_zh(each))]
    if bounds:
        yield WordParagraph("".join(bounds))


def _carriers(report: ReportText) -> Blocks:
    yield tables.organisation_table(report)
    yield WordParagraph("各企业数据用于核对和督促，不单独判定是否达标。")


def _informational(report: ReportText) -> Blocks:
    told = (f"{each['title']['zh']}{figure_zh(each['line']['display'], each['unit']['zh'])}" for each in report.informational)
    yield WordParagraph(f"{'；'.join(told)}。")


def _outlook(report: ReportText) -> Blocks:
    """What the present pace leads to, and what it rests on."""
    states = [each["outlook"]["target"]["forecast"]["state"] for each in report.judged]
    if states.count(ForecastState.WILL_MEET) == len(states) > 0:
        yield WordParagraph(f"按目前进度推算，{len(states)}项指标到完成时限均可达标。")
    for state, told in (
        (ForecastState.WILL_MISS, "按目前进度到完成时限不能达标的"),
        (ForecastState.INSUFFICIENT_DATA, "可比月份不足、暂不能预测的"),
    ):
        named = [each["title"]["zh"] for each in report.judged if each["outlook"]["target"]["forecast"]["state"] == state]
        if named:
            yield WordParagraph(f"{told}有{len(named)}项：{'、'.join(named)}。")
    yield tables.forecast_table(report)
    months = sorted({month for each in report.judged for month in each["outlook"]["basis"]["months"]})
    if len(months) > 1:
        yield WordParagraph(
            f"月均增加和预测依据{month_zh(months[0])}至{report.month(months[-1])}中口径一致、数据齐全的月份按直线推算，"
            "每月须增为差距除以剩余月数，供调度参考，不作判定。"
        )


def _areas(report: ReportText) -> Blocks:
    """Each street, and which of them are below the target of the whole."""
    yield tables.area_table(report)
    below = []
    for each in report.judged:
        codes = [line["area"] for line in each["areas"] if line["status"] == Status.NOT_MET]
        if codes:
            whole = len(codes) == len(each["areas"]) > 1
            below.append(f"{each['title']['zh']}{len(codes)}个（{'全部' if whole else report.areas(codes)}）")
    if below:
        yield WordParagraph(f"低于全区目标的街道：{'；'.join(below)}。")
