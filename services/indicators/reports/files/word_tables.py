"""The tables of a report's Word document. Pure."""

from collections.abc import Iterable, Sequence

from services.indicators.reports.files.word_document import WordTable
from services.indicators.reports.files.wording import (
    NO_VALUE,
    ReportPart,
    ReportText,
    contributions_zh,
    count_change_zh,
    display_change_zh,
    displayed_differences,
    figure_zh,
    gap_zh,
    pace_zh,
    previous_month_display,
    reasons_zh,
    status_zh,
    target_zh,
    task_zh,
)
from shared.vocabulary import ForecastState, RevisionKind, SubmissionState

_WHOLE = 12  # rows of a line each that are kept on one page


def target_table(report: ReportText) -> WordTable:
    """The indicators that have a target."""
    rows = [
        [
            str(place),
            each["title"]["zh"],
            each["unit"]["zh"],
            target_zh(each["line"]["target"]),
            previous_month_display(each) or NO_VALUE,
            each["line"]["display"] or NO_VALUE,
            gap_zh(each),
            status_zh(each["line"]["status"]),
            report.day(each["line"]["due"]),
        ]
        for place, each in enumerate(report.judged, start=1)
    ]
    header = ["序号", "指标", "单位", "目标", "上月", "本月", "距目标差距", "状态", "完成时限"]
    return WordTable("目标指标完成情况", header, rows, [7, 22, 11, 9, 9, 9, 12, 12, 13], frozenset({1}), whole=True)


def forecast_table(report: ReportText) -> WordTable:
    """How fast the indicators go that have a target, and where they will stand on its due day."""
    rows = []
    for each in report.judged:
        target = each["outlook"]["target"]
        ahead, required = target["forecast"], target["required_per_month"]
        rows.append(
            [
                each["title"]["zh"],
                pace_zh(each),
                f"+{required:,}{each['counted_in']['zh']}" if required else NO_VALUE,
                report.day(target["due"]),
                figure_zh(ahead["display"], each["unit"]["zh"]),
                ForecastState(ahead["state"]).title_.zh,
            ]
        )
    header = ["指标", "月均增加", "达标每月须增", "完成时限", "预计到期完成", "预测"]
    return WordTable("进度和预测", header, rows, [22, 14, 14, 13, 16, 24], frozenset({0}))


def area_table(report: ReportText) -> WordTable:
    """What each street shows of the indicators that are counted by street."""
    shown = [each for each in report.content["indicators"] if each["areas"]]
    codes = list(dict.fromkeys(line["area"] for each in shown for line in each["areas"]))
    rows = [[report.area(code), *(_figure(each["areas"], "area", code) for each in shown)] for code in codes]
    return WordTable("各街道指标情况", ["街道", *map(_heading, shown)], rows, [12, *[13] * len(shown)], whole=len(rows) <= _WHOLE)


def organisation_table(report: ReportText) -> WordTable:
    """What each organisation shows of the indicators it contributes to."""
    shown = [each for each in report.judged if each["orgs"]]
    codes = list(dict.fromkeys(line["org"] for each in shown for line in each["orgs"]))
    rows = [[report.org(code), *(_figure(each["orgs"], "org", code) for each in shown)] for code in codes]
    return WordTable("各企业指标情况", ["单位", *map(_heading, shown)], rows, [9, *[13] * len(shown)], whole=len(rows) <= _WHOLE)


def difference_table(report: ReportText) -> WordTable:
    """Each indicator in the last report and in this one."""
    rows = []
    for each in displayed_differences(report):
        indicator = report.indicators[each["indicator"]]
        before, after = each["before"], each["after"]
        shown_before = before["display"] if before else None
        added = count_change_zh(before["numerator"] if before else None, after["numerator"])
        rows.append(
            [
                _heading(indicator),
                shown_before or NO_VALUE,
                after["display"] or NO_VALUE,
                display_change_zh(shown_before, after["display"]),
                added if added == NO_VALUE else f"{added}{indicator['counted_in']['zh']}",
                contributions_zh(report, each),
                reasons_zh(report, each),
            ]
        )
    header = ["指标", "上期", "本期", "增减", "数量增减", "各单位增减", "变化及原因"]
    return WordTable("与上期对比", header, rows, [20, 9, 9, 9, 17, 18, 24], frozenset({0, 5, 6}))


def revision_table(report: ReportText) -> WordTable:
    """Counts behind the last report that stand otherwise now."""
    rows = [
        [
            report.org(each["org"]),
            each["title"]["zh"],
            report.month(each["month"]),
            RevisionKind(each["kind"]).title_.zh,
            _count(each["before"]),
            _count(each["after"]),
            "；".join(each["reasons"]) or "未说明",
        ]
        for each in report.content["differences"]["revisions"]
    ]
    header = ["单位", "数据", "月份", "性质", "上期", "现为", "原因"]
    return WordTable("上期数据的补报、更正和撤销", header, rows, [10, 24, 9, 9, 12, 12, 22], frozenset({1, 6}))


def case_table(report: ReportText) -> WordTable:
    """The approved cases."""
    domains = {each["code"]: each["title"]["zh"] for each in report.content["cases"]["domains"]}
    rows = [
        [
            str(place),
            each["title"],
            domains.get(each["domain"], each["domain"]),
            each["applicant"],
            report.org(each["org"]),
            report.day(each["approved_on"]),
        ]
        for place, each in enumerate(report.content["cases"]["approved"], start=1)
    ]
    return WordTable(
        "已认定应用案例",
        ["序号", "案例", "领域", "应用单位", "报送单位", "认定日期"],
        rows,
        [7, 25, 13, 24, 11, 13],
        frozenset({1, 3}),
    )


def task_table(report: ReportText) -> WordTable:
    """The plan's tasks."""
    rows = [
        [
            str(each["number"]),
            each["title"]["zh"],
            _responsible(report, each),
            report.day(each["due"]) if each["due"] else "持续推进",
            task_zh(each),
        ]
        for each in report.content["tasks"]
    ]
    return WordTable(
        "重点任务进展", ["序号", "任务", "责任分工", "完成时限", "进展"], rows, [7, 18, 20, 12, 30], frozenset({1, 2, 4})
    )


def reporting_table(report: ReportText) -> WordTable:
    """Who reported, and who was late."""
    rows = [
        [
            report.org(each["org"]),
            *(str(each[name]) for name in ("expected", "reported", "zero", "missing", "late")),
            str(each["late_days"]) if each["late"] else NO_VALUE,
            SubmissionState(each["state"]).title_.zh,
        ]
        for each in report.content["reporting"]["organisations"]
    ]
    header = ["单位", "应报", "已报", "其中为零", "缺报", "迟报", "最长迟报天数", "报送状态"]
    return WordTable("各单位数据报送情况", header, [_with_zero(row) for row in rows], [14, 9, 9, 11, 9, 9, 15, 12])


def counting_method_table(report: ReportText) -> WordTable:
    """What each indicator means."""
    rows = [[each["title"]["zh"], each["caliber"]["zh"], each["source"]["zh"]] for each in report.content["indicators"]]
    return WordTable("指标口径及来源", ["指标", "口径", "来源"], rows, [18, 46, 24], frozenset({0, 1, 2}))


def _with_zero(row: Sequence[str]) -> list[str]:
    """Zeros are reported too: the column before names both."""
    org, expected, reported, zero, *rest = row
    return [org, expected, str(int(reported) + int(zero)), zero, *rest]


def _heading(indicator: ReportPart) -> str:
    return f"{indicator['title']['zh']}（{indicator['unit']['zh']}）"


def _figure(lines: Iterable[ReportPart], dimension: str, code: str) -> str:
    for line in lines:
        if line[dimension] == code:
            return str(line["display"] or status_zh(line["status"]))
    return NO_VALUE


def _count(count: int | None) -> str:
    return NO_VALUE if count is None else f"{count:,}"


def _responsible(report: ReportText, task: ReportPart) -> str:
    parts = (("牵头", task["lead"]), ("责任", task["responsible"]), ("配合", task["cooperating"]))
    return "；".join(f"{told}：{report.orgs(codes)}" for told, codes in parts if codes)
