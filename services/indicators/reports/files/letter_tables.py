"""The tables of a report's Word document. Pure."""

from collections.abc import Iterable, Sequence

from services.indicators.reports.files.ooxml import Table
from services.indicators.reports.files.wording import (
    NOTHING,
    Document,
    Words,
    change_zh,
    contributions_zh,
    figure_zh,
    gap_zh,
    month_before,
    moved,
    pace_zh,
    reasons_zh,
    status_zh,
    step_zh,
    target_zh,
    task_zh,
)
from shared.vocabulary import ForecastState, RevisionKind, SubmissionState

_WHOLE = 12  # rows of a line each that are kept on one page


def targets(words: Words) -> Table:
    """The indicators that have a target."""
    rows = [
        [
            str(place),
            each["title"]["zh"],
            each["unit"]["zh"],
            target_zh(each["line"]["target"]),
            month_before(each) or NOTHING,
            each["line"]["display"] or NOTHING,
            gap_zh(each),
            status_zh(each["line"]["status"]),
            words.day(each["line"]["due"]),
        ]
        for place, each in enumerate(words.judged, start=1)
    ]
    header = ["序号", "指标", "单位", "目标", "上月", "本月", "距目标差距", "状态", "完成时限"]
    return Table("目标指标完成情况", header, rows, [7, 22, 11, 9, 9, 9, 12, 12, 13], frozenset({1}), whole=True)


def outlook(words: Words) -> Table:
    """How fast the indicators go that have a target, and where they will stand on its due day."""
    rows = []
    for each in words.judged:
        target = each["outlook"]["target"]
        ahead, required = target["forecast"], target["required_per_month"]
        rows.append(
            [
                each["title"]["zh"],
                pace_zh(each),
                f"+{required:,}{each['counted_in']['zh']}" if required else NOTHING,
                words.day(target["due"]),
                figure_zh(ahead["display"], each["unit"]["zh"]),
                ForecastState(ahead["state"]).title_.zh,
            ]
        )
    header = ["指标", "月均增加", "达标每月须增", "完成时限", "预计到期完成", "预测"]
    return Table("进度和预测", header, rows, [22, 14, 14, 13, 16, 24], frozenset({0}))


def areas(words: Words) -> Table:
    """What each street shows of the indicators that are counted by street."""
    shown = [each for each in words.content["indicators"] if each["areas"]]
    codes = list(dict.fromkeys(line["area"] for each in shown for line in each["areas"]))
    rows = [[words.area(code), *(_figure(each["areas"], "area", code) for each in shown)] for code in codes]
    return Table("各街道指标情况", ["街道", *map(_heading, shown)], rows, [12, *[13] * len(shown)], whole=len(rows) <= _WHOLE)


def carriers(words: Words) -> Table:
    """What each organisation shows of the indicators it contributes to."""
    shown = [each for each in words.judged if each["orgs"]]
    codes = list(dict.fromkeys(line["org"] for each in shown for line in each["orgs"]))
    rows = [[words.org(code), *(_figure(each["orgs"], "org", code) for each in shown)] for code in codes]
    return Table("各企业指标情况", ["单位", *map(_heading, shown)], rows, [9, *[13] * len(shown)], whole=len(rows) <= _WHOLE)


def differences(words: Words) -> Table:
    """Each indicator in the last report and in this one."""
    rows = []
    for each in moved(words):
        indicator = words.indicators[each["indicator"]]
        before, after = each["before"], each["after"]
        shown_before = before["display"] if before else None
        added = change_zh(before["numerator"] if before else None, after["numerator"])
        rows.append(
            [
                _heading(indicator),
                shown_before or NOTHING,
                after["display"] or NOTHING,
                step_zh(shown_before, after["display"]),
                added if added == NOTHING else f"{added}{indicator['counted_in']['zh']}",
                contributions_zh(words, each),
                reasons_zh(words, each),
            ]
        )
    header = ["指标", "上期", "本期", "增减", "数量增减", "各单位增减", "变化及原因"]
    return Table("与上期对比", header, rows, [20, 9, 9, 9, 17, 18, 24], frozenset({0, 5, 6}))


def revisions(words: Words) -> Table:
    """Counts behind the last report that stand otherwise now."""
    rows = [
        [
            words.org(each["org"]),
            each["title"]["zh"],
            words.month(each["month"]),
            RevisionKind(each["kind"]).title_.zh,
            _count(each["before"]),
            _count(each["after"]),
            "；".join(each["reasons"]) or "未说明",
        ]
        for each in words.content["differences"]["revisions"]
    ]
    header = ["单位", "数据", "月份", "性质", "上期", "现为", "原因"]
    return Table("上期数据的补报、更正和撤销", header, rows, [10, 24, 9, 9, 12, 12, 22], frozenset({1, 6}))


def cases(words: Words) -> Table:
    """The approved cases."""
    domains = {each["code"]: each["title"]["zh"] for each in words.content["cases"]["domains"]}
    rows = [
        [
            str(place),
            each["title"],
            domains.get(each["domain"], each["domain"]),
            each["applicant"],
            words.org(each["org"]),
            words.day(each["approved_on"]),
        ]
        for place, each in enumerate(words.content["cases"]["approved"], start=1)
    ]
    return Table(
        "已认定应用案例",
        ["序号", "案例", "领域", "应用单位", "报送单位", "认定日期"],
        rows,
        [7, 25, 13, 24, 11, 13],
        frozenset({1, 3}),
    )


def tasks(words: Words) -> Table:
    """The plan's tasks."""
    rows = [
        [
            str(each["number"]),
            each["title"]["zh"],
            _responsible(words, each),
            words.day(each["due"]) if each["due"] else "持续推进",
            task_zh(each),
        ]
        for each in words.content["tasks"]
    ]
    return Table(
        "重点任务进展", ["序号", "任务", "责任分工", "完成时限", "进展"], rows, [7, 18, 20, 12, 30], frozenset({1, 2, 4})
    )


def reporting(words: Words) -> Table:
    """Who reported, and who was late."""
    rows = [
        [
            words.org(each["org"]),
            *(str(each[name]) for name in ("expected", "reported", "zero", "missing", "late")),
            str(each["late_days"]) if each["late"] else NOTHING,
            SubmissionState(each["state"]).title_.zh,
        ]
        for each in words.content["reporting"]["organisations"]
    ]
    header = ["单位", "应报", "已报", "其中为零", "缺报", "迟报", "最长迟报天数", "报送状态"]
    return Table("各单位数据报送情况", header, [_with_zero(row) for row in rows], [14, 9, 9, 11, 9, 9, 15, 12])


def calibers(words: Words) -> Table:
    """What each indicator means."""
    rows = [[each["title"]["zh"], each["caliber"]["zh"], each["source"]["zh"]] for each in words.content["indicators"]]
    return Table("指标口径及来源", ["指标", "口径", "来源"], rows, [18, 46, 24], frozenset({0, 1, 2}))


def _with_zero(row: Sequence[str]) -> list[str]:
    """Zeros are reported too: the column before names both."""
    org, expected, reported, zero, *rest = row
    return [org, expected, str(int(reported) + int(zero)), zero, *rest]


def _heading(indicator: Document) -> str:
    return f"{indicator['title']['zh']}（{indicator['unit']['zh']}）"


def _figure(lines: Iterable[Document], dimension: str, code: str) -> str:
    for line in lines:
        if line[dimension] == code:
            return str(line["display"] or status_zh(line["status"]))
    return NOTHING


def _count(count: int | None) -> str:
    return NOTHING if count is None else f"{count:,}"


def _responsible(words: Words, task: Document) -> str:
    parts = (("牵头", task["lead"]), ("责任", task["responsible"]), ("配合", task["cooperating"]))
    return "；".join(f"{told}：{words.orgs(codes)}" for told, codes in parts if codes)
