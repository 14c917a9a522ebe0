"""The sheets of a report's workbook that do not hold indicators: differences, cases, tasks, reporting and notes."""

from services.indicators.reports.files.wording import (
    NO_VALUE,
    contributions_zh,
    display_change_zh,
    displayed_differences,
    reasons_zh,
    task_progress_zh,
)
from services.indicators.reports.files.workbook_writer import (
    ChartSeries,
    ReportSheet,
    ReportWorkbook,
    StyledCell,
    TableColumn,
    number_cell,
)
from shared.values.months import day_zh, month_zh
from shared.vocabulary import RevisionKind, SubmissionState

_WIDE = 46
_TEXT_COLUMNS = 6  # that a text spans


def write_differences(book: ReportWorkbook) -> None:
    """Write each indicator in the previous report and in this one, and the counts that changed in between."""
    differences = book.report.content["differences"]
    sheet = book.sheet("与上期对比", "与上期对比")
    if differences is None:
        sheet.text("本期为第一期，无上期可比。 This is the first report.", _TEXT_COLUMNS)
        return
    sheet.text(
        f"上期：第{differences['number']}期，{month_zh(differences['month'])}，数据版本{differences['data_version']}。"
        f" Last report: number {differences['number']}, {differences['month']}, data version {differences['data_version']}.",
        _TEXT_COLUMNS,
    )
    _write_difference_table(book, sheet)
    if differences["revisions"]:
        sheet.text("上期数据的补报、更正和撤回 Counts of the last report that changed after it was issued", _TEXT_COLUMNS)
        _write_revision_table(book, sheet)


def _write_difference_table(book: ReportWorkbook, sheet: ReportSheet) -> None:
    report = book.report
    rows: list[list[str | StyledCell | int | None]] = []
    for difference in displayed_differences(report):
        before, after = difference["before"] or {}, difference["after"]
        rows.append(
            [
                report.indicators[difference["indicator"]]["title"]["zh"],
                number_cell(before.get("display")),
                number_cell(after["display"]),
                _display_change(before.get("display"), after["display"]),
                contributions_zh(report, difference).replace("\n", "，"),
                reasons_zh(report, difference).replace("\n", ""),
                _count_change(before.get("numerator"), after["numerator"]),
            ]
        )
    sheet.table(
        [
            TableColumn("指标", "Indicator", width=30),
            TableColumn("上期", "Last report", "figure", 12),
            TableColumn("本期", "This report", "figure", 12),
            TableColumn("增减", "Change", "step_figure", 14),
            TableColumn("各单位分子增减", "Change of numerator by organisation", width=_WIDE),
            TableColumn("变化原因", "Reasons", width=_WIDE),
            TableColumn("分子增减", "Change of numerator", "step", 12),
        ],
        rows,
    )


def _write_revision_table(book: ReportWorkbook, sheet: ReportSheet) -> None:
    sheet.table(
        [
            TableColumn("填报指标", "Metric", width=30),
            TableColumn("原数", "Previous value", "count", 12),
            TableColumn("现数", "Current value", "count", 12),
            TableColumn("填报单位", "Organisation", width=14),
            TableColumn("原因", "Reasons", width=_WIDE),
            TableColumn("变动类型", "Kind of change", width=_WIDE),
            TableColumn("月份", "Month", width=12),
        ],
        [
            [
                revision["title"]["zh"],
                revision["before"],
                revision["after"],
                book.report.org(revision["org"]),
                "；".join(revision["reasons"]),
                RevisionKind(revision["kind"]).title_.zh,
                revision["month"],
            ]
            for revision in book.report.content["differences"]["revisions"]
        ],
    )


def write_cases(book: ReportWorkbook) -> None:
    """Write the approved cases, and their number by domain."""
    report = book.report
    cases = report.content["cases"]
    titles = {domain["code"]: domain["title"]["zh"] for domain in cases["domains"]}
    sheet = book.sheet("应用案例", "应用案例")
    sheet.text(f"已认定{len(cases['approved'])}个，待认定{cases['waiting']}个。", 4)
    sheet.table(
        [
            TableColumn("案例", "Case", width=_WIDE),
            TableColumn("领域", "Domain", width=16),
            TableColumn("应用单位", "Applicant", width=_WIDE),
            TableColumn("申报单位", "Submitted by", width=14),
            TableColumn("认定日期", "Approved on", width=14),
        ],
        [
            [
                case["title"],
                titles.get(case["domain"], case["domain"]),
                case["applicant"],
                report.org(case["org"]),
                case["approved_on"],
            ]
            for case in cases["approved"]
        ],
    )
    table = sheet.table(
        [TableColumn("领域", "Domain", width=_WIDE), TableColumn("已认定", "Approved", "count", 16)],
        [[domain["title"]["zh"], domain["approved"]] for domain in cases["domains"]],
    )
    largest = max((domain["approved"] for domain in cases["domains"]), default=0)
    sheet.chart("column", "各领域已认定案例数（个）", table, [ChartSeries("已认定", 1)], largest=largest)


def write_tasks(book: ReportWorkbook) -> None:
    """Write the plan's tasks and their progress."""
    report = book.report
    book.sheet("重点任务", "重点任务进展").table(
        [
            TableColumn("序号", "No.", "count", 8),
            TableColumn("行动", "Action", width=26),
            TableColumn("任务", "Task", width=34),
            TableColumn("牵头单位", "Lead", width=16),
            TableColumn("责任单位", "Responsible", width=34),
            TableColumn("配合单位", "Cooperating", width=34),
            TableColumn("完成时限", "Due", width=13),
            TableColumn("进展", "Progress", width=60),
        ],
        [
            [
                task["number"],
                task["action"]["zh"],
                task["title"]["zh"],
                report.orgs(task["lead"]),
                report.orgs(task["responsible"]),
                report.orgs(task["cooperating"]),
                task["due"] or "持续推进",
                task_progress_zh(task),
            ]
            for task in report.content["tasks"]
        ],
    )


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
            TableColumn("已报（非零）", "Reported above zero", "count", 14),
            TableColumn("已报为零", "Reported as zero", "count"),
            TableColumn("缺报", "Missing", "count"),
            TableColumn("逾期", "Late", "count"),
            TableColumn("最长逾期天数", "Most days late", "count", 16),
            TableColumn("报送状态", "Submission", width=14),
        ],
        [
            [
                report.org(org["org"]),
                *(org[name] for name in ("expected", "reported", "zero", "missing")),
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


def _display_change(before: str | None, after: str | None) -> StyledCell:
    change = display_change_zh(before, after)
    return StyledCell(None, "text") if change == NO_VALUE else number_cell(change, "step_figure" if "." in change else "step")


def _count_change(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else after - before
