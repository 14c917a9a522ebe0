"""The tables of a report's Word document."""

from collections.abc import Callable, Iterable, Sequence

from services.indicators.reports.files.word_document import WordTable
from services.indicators.reports.files.wording import (
    NO_VALUE,
    ROWS_MAX,
    ROWS_ON_ONE_PAGE,
    ReportPart,
    ReportText,
    changed_differences,
    contributions_zh,
    count_change_zh,
    display_change_zh,
    gap_zh,
    gaps_by_part,
    lower_is_better,
    pace_zh,
    previous_month_display,
    reasons_zh,
    shortfall_heading_zh,
    status_zh,
    target_zh,
    value_zh,
    verdict_zh,
)
from shared.vocabulary import ForecastState, RevisionKind, SubmissionState


def target_table(report: ReportText) -> WordTable:
    """Return the indicators that have a target."""
    rows = [
        [
            str(number),
            _heading(indicator),
            target_zh(indicator["line"]),
            previous_month_display(indicator) or NO_VALUE,
            indicator["line"]["display"] or NO_VALUE,
            display_change_zh(previous_month_display(indicator), indicator["line"]["display"]),
            gap_zh(indicator, indicator["line"]["gap"]),
            verdict_zh(indicator["line"]),
            report.day(indicator["line"]["due"]),
        ]
        for number, indicator in enumerate(report.with_target, start=1)
    ]
    header = ["序号", "指标", "目标", "上月", "本月", "环比增减", "与目标差距", "达标情况", "完成时限"]
    return WordTable("主要指标完成情况", header, rows, [8, 22, 8, 10, 10, 9, 18, 14, 16], frozenset({1}), whole=True)


def forecast_table(report: ReportText) -> WordTable:
    """Return pace and forecast of the indicators that have a target."""
    rows = []
    for indicator in report.with_target:
        target = indicator["outlook"]["target"]
        forecast, required, sign = target["forecast"], target["required_per_month"], "-" if lower_is_better(indicator) else "+"
        rows.append(
            [
                indicator["title"]["zh"],
                pace_zh(indicator),
                f"{sign}{required:,}{indicator['counted_in']['zh']}" if required else NO_VALUE,
                report.day(target["due"]),
                value_zh(forecast["display"], indicator["unit"]["zh"]),
                ForecastState(forecast["state"]).title_.zh,
            ]
        )
    header = ["指标", "月均增量", "达标所需月增量", "完成时限", "预计时限完成值", "预测结论"]
    return WordTable("进度和预测", header, rows, [20, 15, 15, 15, 14, 22], frozenset({0}))


def area_table(report: ReportText) -> WordTable:
    """Return the indicators that are counted by subdistrict."""
    indicators = [indicator for indicator in report.content["indicators"] if indicator["areas"]]
    codes = list(dict.fromkeys(line["area"] for indicator in indicators for line in indicator["areas"]))
    rows = [[report.area(code), *(_display(indicator["areas"], "area", code) for indicator in indicators)] for code in codes]
    return _breakdown_table("各街道指标情况", ["街道", *map(_heading, indicators)], rows, 12)


def organisation_table(report: ReportText) -> WordTable:
    """Return the indicators with a target by the organisation that contributes to them."""
    indicators = [indicator for indicator in report.with_target if indicator["orgs"]]
    codes = list(dict.fromkeys(line["org"] for indicator in indicators for line in indicator["orgs"]))
    rows = [[report.org(code), *(_display(indicator["orgs"], "org", code) for indicator in indicators)] for code in codes]
    return _breakdown_table("各企业指标情况", ["企业", *map(_heading, indicators)], rows, 9)


def area_gap_table(report: ReportText) -> WordTable | None:
    """Return by how many units each subdistrict misses the targets of the whole area; None if none is."""
    return _gap_table("各街道与全区目标的差距", "街道", report, ("areas", "area"), report.area)


def organisation_gap_table(report: ReportText) -> WordTable | None:
    """Return by how many units each organisation misses the targets of the whole area; None if none is."""
    return _gap_table("各企业与全区目标的差距", "企业", report, ("orgs", "org"), report.org)


def _gap_table(
    caption: str, first: str, report: ReportText, keys: tuple[str, str], name: Callable[[str], str]
) -> WordTable | None:
    table = gaps_by_part(report, *keys)
    if not table.indicators:
        return None
    header = [first, *map(shortfall_heading_zh, table.indicators)]
    rows = [[name(code), *("达标" if gap == 0 else _count(gap) for gap in gaps)] for code, gaps in table.rows]
    return _breakdown_table(caption, header, rows, 12)


def _breakdown_table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], first_width: int) -> WordTable:
    widths = [first_width, *[13] * (len(header) - 1)]
    return WordTable(caption, header, rows, widths, whole=len(rows) <= ROWS_ON_ONE_PAGE)


def difference_table(report: ReportText) -> WordTable:
    """Return each indicator that differs between the previous report and this one."""
    rows = []
    for difference in changed_differences(report):
        indicator = report.indicators[difference["indicator"]]
        before, after = difference["before"] or {}, difference["after"]
        change = count_change_zh(before.get("numerator"), after["numerator"])
        rows.append(
            [
                _heading(indicator),
                before.get("display") or NO_VALUE,
                after["display"] or NO_VALUE,
                display_change_zh(before.get("display"), after["display"]),
                f"{change}{indicator['counted_in']['zh']}" if change[0] in "+-" else change,
                contributions_zh(report, difference),
                reasons_zh(report, difference),
            ]
        )
    header = ["指标", "上期", "本期", "增减", "分子增减", "各单位分子增减", "变化原因"]
    return WordTable("与上期对比", header, rows, [22, 9, 9, 9, 16, 18, 23], frozenset({0, 5, 6}))


def restatement_table(report: ReportText) -> WordTable:
    """Return the values of the previous report that are other ones in this report."""
    rows = [
        [
            each["title"]["zh"],
            report.month(each["month"]),
            each["before"] or NO_VALUE,
            each["after"] or NO_VALUE,
            display_change_zh(each["before"], each["after"]),
        ]
        for each in report.content["differences"]["restated"]
    ]
    return WordTable(
        "上期已公布、本期有更正的数值", ["指标", "月份", "原数", "现数", "增减"], rows, [40, 14, 14, 14, 14], frozenset({0})
    )


def revision_table(report: ReportText) -> WordTable:
    """Return the counts behind the previous report that changed after it was issued, at most as many as fit a few pages."""
    rows = [
        [
            report.org(revision["org"]),
            revision["title"]["zh"],
            report.area(revision["area"]) if revision["area"] else NO_VALUE,
            report.month(revision["month"]),
            RevisionKind(revision["kind"]).title_.zh,
            _count(revision["before"]),
            _count(revision["after"]),
            "；".join(revision["reasons"]) or "未说明",
        ]
        for revision in report.content["differences"]["revisions"][:ROWS_MAX]
    ]
    header = ["填报单位", "填报指标", "区域", "月份", "类型", "原数", "现数", "原因"]
    return WordTable("上期所依据数据的补报、更正和撤回", header, rows, [13, 20, 13, 9, 9, 12, 12, 18], frozenset({1, 7}))


def reporting_table(report: ReportText) -> WordTable:
    """Return each organisation's expected and reported counts; reported zeros are reported too."""
    rows = [
        [
            report.org(org["org"]),
            str(org["expected"]),
            str(org["reported"] + org["zero"]),
            *(str(org[name]) for name in ("zero", "missing", "late")),
            str(org["late_days"]) if org["late"] else NO_VALUE,
            SubmissionState(org["state"]).title_.zh,
        ]
        for org in report.content["reporting"]["organisations"]
    ]
    header = ["填报单位", "应报", "已报", "其中为零", "缺报", "逾期", "最长逾期天数", "报送状态"]
    return WordTable("各单位数据报送情况", header, rows, [14, 9, 9, 11, 9, 9, 15, 12])


def counting_method_table(report: ReportText) -> WordTable:
    """Return the counting method and the source of each indicator."""
    rows = [
        [indicator["title"]["zh"], indicator["caliber"]["zh"], indicator["source"]["zh"]]
        for indicator in report.content["indicators"]
    ]
    return WordTable("指标口径及来源", ["指标", "口径", "来源"], rows, [18, 46, 24], frozenset({0, 1, 2}))


def _heading(indicator: ReportPart) -> str:
    return f"{indicator['title']['zh']}（{indicator['unit']['zh']}）"


def _display(lines: Iterable[ReportPart], dimension: str, code: str) -> str:
    for line in lines:
        if line[dimension] == code:
            return str(line["display"] or status_zh(line["status"]))
    return NO_VALUE


def _count(count: int | None) -> str:
    return NO_VALUE if count is None else f"{count:,}"
