"""The sheets of a report's workbook besides the indicators."""

from services.indicators.reports.files.wording import (
    NO_VALUE,
    contributions_zh,
    display_change_zh,
    displayed_differences,
    month_zh,
    reasons_zh,
    task_zh,
)
from services.indicators.reports.files.workbook_writer import ChartSeries, ReportWorkbook, StyledCell, TableColumn, number_cell
from shared.vocabulary import RevisionKind, SubmissionState

_WIDE = 46
_COLUMNS = 6  # a text goes over as many


def write_differences(book: ReportWorkbook) -> None:
    """Each indicator in the last report and in this one, and the counts that were revised."""
    report = book.report
    against = report.content["differences"]
    sheet = book.sheet("与上期对比", "与上期对比")
    if against is None:
        sheet.text("本期为第一期，无上期可比。 This is the first report.", _COLUMNS)
        return
    sheet.text(
        f"上期：第{against['number']}期，{month_zh(against['month'])}，数据版本{against['data_version']}。"
        f" Last report: number {against['number']}, {against['month']}, data version {against['data_version']}.",
        _COLUMNS,
    )
    sheet.table(
        [
            TableColumn("指标", "Indicator", width=30),
            TableColumn("上期", "Before", "figure", 12),
            TableColumn("本期", "Now", "figure", 12),
            TableColumn("增减", "Change", "step_figure", 14),
            TableColumn("各单位增减", "By organisation", width=_WIDE),
            TableColumn("变化及原因", "Changes and reasons", width=_WIDE),
            TableColumn("数量增减", "Change of numerator", "step", 12),
        ],
        [
            [
                report.indicators[each["indicator"]]["title"]["zh"],
                number_cell(each["before"] and each["before"]["display"]),
                number_cell(each["after"]["display"]),
                _change(each["before"] and each["before"]["display"], each["after"]["display"]),
                contributions_zh(report, each).replace("\n", "，"),
                reasons_zh(report, each).replace("\n", ""),
                _step((each["before"] or {}).get("numerator"), each["after"]["numerator"]),
            ]
            for each in displayed_differences(report)
        ],
    )
    if against["revisions"]:
        sheet.text("上期所依据的数据后来的补报、更正和撤销 Counts behind the last report that were revised since", _COLUMNS)
        sheet.table(
            [
                TableColumn("数据", "Count", width=30),
                TableColumn("上期", "Before", "count", 12),
                TableColumn("现为", "Now", "count", 12),
                TableColumn("单位", "Organisation", width=14),
                TableColumn("原因", "Reasons", width=_WIDE),
                TableColumn("性质", "Kind", width=_WIDE),
                TableColumn("月份", "Month", width=12),
            ],
            [
                [
                    each["title"]["zh"],
                    each["before"],
                    each["after"],
                    report.org(each["org"]),
                    "；".join(each["reasons"]),
                    RevisionKind(each["kind"]).title_.zh,
                    each["month"],
                ]
                for each in against["revisions"]
            ],
        )


def write_cases(book: ReportWorkbook) -> None:
    """The approved cases."""
    report = book.report
    found = report.content["cases"]
    titles = {each["code"]: each["title"]["zh"] for each in found["domains"]}
    sheet = book.sheet("应用案例", "应用案例")
    sheet.text(f"已认定{len(found['approved'])}个，待审核{found['waiting']}个。", 4)
    sheet.table(
        [
            TableColumn("案例", "Case", width=_WIDE),
            TableColumn("领域", "Domain", width=16),
            TableColumn("应用单位", "Applicant", width=_WIDE),
            TableColumn("报送单位", "Filed by", width=14),
            TableColumn("认定日期", "Approved on", width=14),
        ],
        [
            [
                each["title"],
                titles.get(each["domain"], each["domain"]),
                each["applicant"],
                report.org(each["org"]),
                each["approved_on"],
            ]
            for each in found["approved"]
        ],
    )
    table = sheet.table(
        [TableColumn("领域", "Domain", width=_WIDE), TableColumn("已认定", "Approved", "count", 16)],
        [[each["title"]["zh"], each["approved"]] for each in found["domains"]],
    )
    largest = max((each["approved"] for each in found["domains"]), default=0)
    sheet.chart("column", "各领域已认定案例数（个）", table, [ChartSeries("已认定", 1)], largest=largest)


def write_tasks(book: ReportWorkbook) -> None:
    """The plan's tasks."""
    report = book.report
    book.sheet("重点任务", "重点任务进展").table(
        [
            TableColumn("序号", "No.", "count", 8),
            TableColumn("行动", "Action", width=26),
            TableColumn("任务", "Task", width=34),
            TableColumn("牵头", "Lead", width=16),
            TableColumn("责任", "Responsible", width=34),
            TableColumn("配合", "Cooperating", width=34),
            TableColumn("时限", "Due", width=13),
            TableColumn("进展", "Progress", width=60),
        ],
        [
            [
                each["number"],
                each["action"]["zh"],
                each["title"]["zh"],
                report.orgs(each["lead"]),
                report.orgs(each["responsible"]),
                report.orgs(each["cooperating"]),
                each["due"] or "持续推进",
                task_zh(each),
            ]
            for each in report.content["tasks"]
        ],
    )


def write_reporting(book: ReportWorkbook) -> None:
    """Who reported, and who was late."""
    report = book.report
    found = report.content["reporting"]
    sheet = book.sheet("数据报送", "数据报送情况")
    sheet.text(
        f"应于{found['due']}前报送，宽限至{found['grace_until']}。 Due {found['due']}, grace until {found['grace_until']}.", 6
    )
    table = sheet.table(
        [
            TableColumn("单位", "Organisation", width=16),
            TableColumn("应报", "ExpectedMetric", "count"),
            TableColumn("非零", "Above zero", "count"),
            TableColumn("为零", "Zero", "count"),
            TableColumn("缺报", "Missing", "count"),
            TableColumn("迟报", "Late", "count"),
            TableColumn("最长迟报天数", "Days late at most", "count", 16),
            TableColumn("报送状态", "Sign-off", width=14),
        ],
        [
            [
                report.org(each["org"]),
                *(each[name] for name in ("expected", "reported", "zero", "missing")),
                StyledCell(each["late"], "not_met" if each["late"] else "count"),
                each["late_days"],
                SubmissionState(each["state"]).title_.zh,
            ]
            for each in found["organisations"]
        ],
    )
    series = [ChartSeries("应报", 1), ChartSeries("缺报", 4), ChartSeries("迟报", 5)]
    sheet.chart("column", "各单位应报、缺报和迟报（项）", table, series)


def write_notes(book: ReportWorkbook) -> None:
    """What the task force wrote, what the figures rest on, and what each indicator means."""
    content = book.report.content
    sheet = book.sheet("问题措施与来源", "问题、措施与数据来源")
    for title, text in (
        ("存在问题 Problems", content["problems"]),
        ("下一步工作 Next steps", content["next_steps"]),
        ("依据 Source", f"{content['sources']['plan']['zh']}\n{content['sources']['plan']['en']}"),
    ):
        sheet.text(f"【{title}】\n{text}", 3)
    sheet.text(
        f"【版本 Versions】\n数据版本 data version {content['data_version']}，口径版本 definition version"
        f" {content['definition_version']}；比率截尾不进位 ratios are cut, never rounded。",
        3,
    )
    sheet.row += 1
    sheet.table(
        [
            TableColumn("指标", "Indicator", width=30),
            TableColumn("口径", "Definition", width=90),
            TableColumn("来源", "Source", width=60),
        ],
        [[each["title"]["zh"], each["caliber"]["zh"], each["source"]["zh"]] for each in content["indicators"]],
    )


def _change(before: str | None, after: str | None) -> StyledCell:
    change = display_change_zh(before, after)
    return StyledCell(None, "text") if change == NO_VALUE else number_cell(change, "step_figure" if "." in change else "step")


def _step(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before
