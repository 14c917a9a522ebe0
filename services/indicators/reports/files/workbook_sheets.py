"""The sheets of a report's workbook that do not hold indicators: differences, cases, tasks, reporting and notes."""

from services.indicators.reports.files.registry_tables import case_state_table, case_table
from services.indicators.reports.files.wording import (
    ReportText,
    changed_differences,
    contributions_zh,
    reasons_zh,
    unchanged_differences,
)
from services.indicators.reports.files.workbook_registry import write_table
from services.indicators.reports.files.workbook_writer import (
    ChartSeries,
    ReportSheet,
    ReportWorkbook,
    StyledCell,
    TableColumn,
    change_cell,
    number_cell,
)
from shared.values.months import day_zh, month_of, month_zh
from shared.vocabulary import RevisionKind, SubmissionState

_WIDE = 46
_TEXT_COLUMNS = 6  # that a text spans


def write_differences(book: ReportWorkbook) -> None:
    """Write each indicator in the previous report and in this one, and the counts that changed in between."""
    differences = book.report.content["differences"]
    if differences is None:
        return
    sheet = book.sheet("与上期对比", "与上期对比")
    sheet.text(
        f"上期：第{differences['number']}期，{month_zh(differences['month'])}，数据版本{differences['data_version']}。"
        f" Last report: number {differences['number']}, {differences['month']}, data version {differences['data_version']}.",
        _TEXT_COLUMNS,
    )
    _write_difference_table(book, sheet)
    if differences["restated"]:
        sheet.text("上期已公布、本期有更正的数值 Values of the last report that are other ones in this report", _TEXT_COLUMNS)
        _write_restatement_table(book, sheet)
    if differences["revisions"]:
        sheet.text("上期所依据数据的补报、更正和撤回 Counts behind the last report that have changed since", _TEXT_COLUMNS)
        _write_revision_table(book, sheet)


def _write_difference_table(book: ReportWorkbook, sheet: ReportSheet) -> None:
    report = book.report
    rows: list[list[str | StyledCell | int | None]] = []
    for difference in (*changed_differences(report), *unchanged_differences(report)):
        before, after = difference["before"] or {}, difference["after"]
        rows.append(
            [
                report.indicators[difference["indicator"]]["title"]["zh"],
                number_cell(before.get("display")),
                number_cell(after["display"]),
                change_cell(before.get("display"), after["display"]),
                _count_change(before.get("numerator"), after["numerator"]),
                contributions_zh(report, difference).replace("\n", "，").replace("，（", "（"),
                reasons_zh(report, difference).replace("\n", ""),
            ]
        )
    sheet.table(
        [
            TableColumn("指标", "Indicator", width=30),
            TableColumn("上期", "Last report", "figure", 18),
            TableColumn("本期", "This report", "figure", 18),
            TableColumn("增减", "Change", "step_figure", 14),
            TableColumn("分子增减", "Change of numerator", "step", 12),
            TableColumn("各单位分子增减", "Change of numerator by organisation", width=_WIDE),
            TableColumn("变化原因", "Reasons", width=_WIDE),
        ],
        rows,
    )


def _write_restatement_table(book: ReportWorkbook, sheet: ReportSheet) -> None:
    sheet.table(
        [
            TableColumn("指标", "Indicator", width=30),
            TableColumn("月份", "Month", "month", 14),
            TableColumn("原数", "Previous value", "figure", 12),
            TableColumn("现数", "Current value", "figure", 12),
            TableColumn("增减", "Change", "step_figure", 12),
        ],
        [
            [
                each["title"]["zh"],
                month_of(each["month"]),
                number_cell(each["before"]),
                number_cell(each["after"]),
                change_cell(each["before"], each["after"]),
            ]
            for each in book.report.content["differences"]["restated"]
        ],
    )


def _write_revision_table(book: ReportWorkbook, sheet: ReportSheet) -> None:
    sheet.table(
        [
            TableColumn("填报单位", "Organisation", width=14),
            TableColumn("填报指标", "Metric", width=18),
            TableColumn("区域", "Area", width=14),
            TableColumn("月份", "Month", "month", 14),
            TableColumn("类型", "Kind of change", width=10),
            TableColumn("原数", "Previous value", "count", 12),
            TableColumn("现数", "Current value", "count", 12),
            TableColumn("原因", "Reasons", width=30),
        ],
        [
            [
                book.report.org(revision["org"]),
                revision["title"]["zh"],
                book.report.area(revision["area"]),
                month_of(revision["month"]),
                RevisionKind(revision["kind"]).title_.zh,
                revision["before"],
                revision["after"],
                "；".join(revision["reasons"]),
            ]
            for revision in book.report.content["differences"]["revisions"]
        ],
    )


def write_cases(book: ReportWorkbook) -> None:
    """Write the approved cases, and their number by domain."""
    report = book.report
    cases = report.content["cases"]
    if not cases["total"] and not cases["states"]:
        return
    sheet = book.sheet("应用案例", "应用案例")
    sheet.text(f"已认定{cases['total']}个，待认定{cases['waiting']}个。", 4)
    if cases["total"]:
        _write_approved(sheet, report)
    states = case_state_table(report)
    sheet.text(f"{states.zh} {states.en}", 4)
    write_table(sheet, states)


def _write_approved(sheet: ReportSheet, report: ReportText) -> None:
    cases = report.content["cases"]
    write_table(sheet, case_table(report), of=cases["total"])
    table = sheet.table(
        [
            TableColumn("序号", "No.", "count", 7),
            TableColumn("领域", "Domain", width=_WIDE),
            TableColumn("已认定", "Approved", "count", 16),
        ],
        [[number, domain["title"]["zh"], domain["approved"]] for number, domain in enumerate(cases["domains"], start=1)],
    )
    largest = max((domain["approved"] for domain in cases["domains"]), default=0)
    sheet.chart("column", "各领域已认定案例数（个）", table, [ChartSeries("已认定", 2)], categories=1, largest=largest)


def write_reporting(book: ReportWorkbook) -> None:
    """Write each organisation's expected and reported counts."""
    report = book.report
    reporting = report.content["reporting"]
    due, grace = reporting["due"], reporting["grace_until"]
    sheet = book.sheet("数据报送", "数据报送情况")
    sheet.text(
        f"应于{day_zh(due)}前（含当日）报送，宽限期至{day_zh(grace)}。 Due on {due}, grace period until {grace}.", _TEXT_COLUMNS
    )
    table = sheet.table(
        [
            TableColumn("填报单位", "Organisation", width=16),
            TableColumn("应报", "Expected", "count"),
            TableColumn("已报", "Reported", "count"),
            TableColumn("其中为零", "Of these, zero", "count"),
            TableColumn("缺报", "Missing", "count"),
            TableColumn("逾期", "Late", "count"),
            TableColumn("最长逾期天数", "Most days late", "count", 16),
            TableColumn("报送状态", "Submission", width=14),
        ],
        [
            [
                report.org(org["org"]),
                org["expected"],
                org["reported"] + org["zero"],
                *(org[name] for name in ("zero", "missing")),
                StyledCell(org["late"], "not_met" if org["late"] else "count"),
                org["late_days"],
                SubmissionState(org["state"]).title_.zh,
            ]
            for org in reporting["organisations"]
        ],
    )
    series = [ChartSeries("应报", 1), ChartSeries("缺报", 4), ChartSeries("逾期", 5)]
    sheet.chart("column", "各单位应报、缺报和逾期（项）", table, series)


def write_notes(book: ReportWorkbook) -> None:
    """Write the task force's own texts, the sources, and the counting method of each indicator."""
    content = book.report.content
    sheet = book.sheet("问题措施与来源", "问题、措施与数据来源")
    for title, text in (
        ("存在问题 Problems", content["problems"]),
        ("下一步工作 Next steps", content["next_steps"]),
        ("依据 Source", f"{content['sources']['plan']['zh']}\n{content['sources']['plan']['en']}"),
    ):
        sheet.text(f"【{title}】\n{text}", 3)
    sheet.text(
        f"【版本 Versions】\n数据版本 data version {content['data_version']}，"
        f"方案配置版本 definition version {content['definition_version']}；"
        "比率的小数只舍不入 ratios are truncated, never rounded。",
        3,
    )
    sheet.row += 1
    sheet.table(
        [
            TableColumn("指标", "Indicator", width=30),
            TableColumn("口径", "Counting method", width=90),
            TableColumn("来源", "Source", width=60),
        ],
        [
            [indicator["title"]["zh"], indicator["caliber"]["zh"], indicator["source"]["zh"]]
            for indicator in content["indicators"]
        ],
    )


def _count_change(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before
