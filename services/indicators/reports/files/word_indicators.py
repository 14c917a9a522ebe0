"""The section on indicators of a report's Word document."""

from services.indicators.reports.files import word_tables as tables
from services.indicators.reports.files.word_document import WordBlocks, WordChart, WordParagraph
from services.indicators.reports.files.wording import NUMERALS, ReportText, attainment, other_variants_zh, value_zh
from shared.values.months import month_zh
from shared.vocabulary import ForecastState, Status


def indicator_section(report: ReportText) -> WordBlocks:
    """Yield the parts of the section that have any content."""
    indicators = report.content["indicators"]
    parts = [
        ("主要指标", _targets(report), bool(report.with_target)),
        ("进度和预测", _forecasts(report), bool(report.with_target)),
        ("各街道情况", _areas(report), any(indicator["areas"] for indicator in indicators)),
        ("各企业情况", _organisations(report), any(indicator["orgs"] for indicator in report.with_target)),
        ("参考指标", _informational(report), bool(report.without_target)),
    ]
    shown = [(title, part) for title, part, has_content in parts if has_content]
    for numeral, (title, part) in zip(NUMERALS, shown, strict=False):
        yield WordParagraph(f"（{numeral}）{title}", "Heading2")
        yield from part


def _targets(report: ReportText) -> WordBlocks:
    yield tables.target_table(report)
    if any(attainment(indicator) is not None for indicator in report.with_target):
        yield attainment_chart(report)
    yield WordParagraph("注：环比增减为本月与上月公布数值之差，计量单位与指标相同。")
    variants = "".join(map(other_variants_zh, report.content["indicators"]))
    if variants:
        yield WordParagraph(variants)


def attainment_chart(report: ReportText) -> WordChart:
    """Return the values as percentages of their targets."""
    shown = [(each["title"]["zh"], attainment(each)) for each in report.with_target]
    bars = [(title, percentage) for title, percentage in shown if percentage is not None]
    return WordChart("本月值相当于目标的百分比（%）", bars)


def _organisations(report: ReportText) -> WordBlocks:
    yield tables.organisation_table(report)
    if gaps := tables.organisation_gap_table(report):
        yield gaps
    yield WordParagraph("各企业数据用于核对和督促，不单独判定是否达标。")


def _informational(report: ReportText) -> WordBlocks:
    values = (
        f"{indicator['title']['zh']}为{value_zh(indicator['line']['display'], indicator['unit']['zh'])}"
        for indicator in report.without_target
    )
    yield WordParagraph(f"{'；'.join(values)}。")


def _forecasts(report: ReportText) -> WordBlocks:
    titles: dict[str, list[str]] = {}
    for indicator in report.with_target:
        titles.setdefault(indicator["outlook"]["target"]["forecast"]["state"], []).append(indicator["title"]["zh"])
    if set(titles) == {ForecastState.WILL_MEET}:
        yield WordParagraph(f"按当前进度推算，{len(report.with_target)}项指标均可如期达标。")
    for state, label in (
        (ForecastState.WILL_MISS, "按当前进度预计不能如期达标的"),
        (ForecastState.INSUFFICIENT_DATA, "可比月份不足、暂不能预测的"),
    ):
        if state in titles:
            yield WordParagraph(f"{label}有{len(titles[state])}项：{'、'.join(titles[state])}。")
    yield tables.forecast_table(report)
    months = sorted({month for indicator in report.with_target for month in indicator["outlook"]["pace"]["months"]})
    if len(months) > 1:
        yield WordParagraph(
            f"注：月均增量和预测值根据{month_zh(months[0])}至{report.month(months[-1])}口径一致、数据齐全的月份线性推算，"
            "所需月增量为差距除以剩余月数；以上仅供调度参考，不作为达标判定依据。"
        )


def _areas(report: ReportText) -> WordBlocks:
    """Yield the values by subdistrict, and the subdistricts that miss the target of the whole area."""
    yield tables.area_table(report)
    if gaps := tables.area_gap_table(report):
        yield gaps
    below = []
    for indicator in report.with_target:
        codes = [line["area"] for line in indicator["areas"] if line["status"] == Status.NOT_MET]
        if codes:
            every_area = len(codes) == len(indicator["areas"]) > 1
            below.append(f"{indicator['title']['zh']}{len(codes)}个（{'全部' if every_area else report.areas(codes)}）")
    if below:
        yield WordParagraph(f"未达到全区目标的街道：{'；'.join(below)}。")
