"""The sheets on indicators of a report's workbook, each with its charts."""

from collections.abc import Callable, Sequence
from datetime import date

from services.indicators.reports.files.wording import (
    ReportPart,
    attainment,
    gaps_by_part,
    lower_is_better,
    monthly_pace,
    previous_month_display,
    shortfall_heading_zh,
    verdict_zh,
)
from services.indicators.reports.files.workbook_writer import (
    ChartSeries,
    ReportSheet,
    ReportWorkbook,
    StyledCell,
    TableColumn,
    WorkbookValue,
    change_cell,
    number_cell,
)
from shared.values.months import month_of, month_zh
from shared.vocabulary import ForecastState, Status


def write_targets(book: ReportWorkbook, title: str) -> None:
    """Write every indicator with its target."""
    sheet = book.sheet("指标", title)
    columns = [
        TableColumn("序号", "No.", "count", 7),
        TableColumn("指标", "Indicator", width=34),
        TableColumn("目标", "Target", "figure", 9),
        TableColumn("上月", "Last month", "figure", 10),
        TableColumn("本月", "This month", "figure", 10),
        TableColumn("环比增减", "Change since last month", "step_figure", 12),
        TableColumn("与目标差距", "Gap", "count", 12),
        TableColumn("差距的计量单位和对象", "What is missing", width=28),
        TableColumn("达标情况", "Status", width=14),
        TableColumn("完成时限", "Due", "date", 16),
        TableColumn("完成程度（%）", "Percentage of target", "figure", 12),
        TableColumn("分子", "Numerator", "count", 13),
        TableColumn("分母", "Denominator", "count", 13),
        TableColumn("是否初步数据", "Provisional", width=13),
        TableColumn("英文名", "English name", width=34),
    ]
    report = book.report
    table = sheet.table(columns, [_target_row(*each) for each in enumerate(report.with_target, start=1)])
    sheet.chart("bar", "本月值相当于目标的百分比（%）", table, [ChartSeries("完成程度（%）", 10)], categories=1)
    if report.without_target:
        first = len(report.with_target) + 1
        sheet.table(columns, [_target_row(*each) for each in enumerate(report.without_target, start=first)])


def write_forecasts(book: ReportWorkbook) -> None:
    """Write pace and forecast of the indicators that have a target."""
    sheet = book.sheet("进度预测", "进度和预测")
    sheet.text(
        "根据口径一致、数据齐全的月份线性推算，仅供调度参考，不作为达标判定依据。"
        " Linear projection over the comparable months; for orientation only, not a verdict.",
        10,
    )
    columns = [
        TableColumn("指标", "Indicator", width=30),
        TableColumn("月均增量", "Average per month", "step_figure", 12),
        TableColumn("达标所需月增量", "Required per month", "step", 15),
        TableColumn("完成时限", "Due", "date", 16),
        TableColumn("预计时限完成值", "Forecast on the due date", "figure", 15),
        TableColumn("预测结论", "Forecast", width=26),
        TableColumn("差距", "Gap", "count", 10),
        TableColumn("剩余月数", "Months left", "figure", 12),
        TableColumn("增量计量单位", "Unit of additions", width=13),
        TableColumn("预计差距", "Forecast gap", "count", 12),
        TableColumn("依据月份", "Months used", width=42),
        TableColumn("未计入的月份", "Months excluded", width=34),
    ]
    sheet.table(columns, [_forecast_row(indicator) for indicator in book.report.with_target])


def write_months(book: ReportWorkbook) -> None:
    """Write each indicator by month, with a chart of values and target; a month without a value is a gap in the chart."""
    indicators = book.report.with_target
    sheet = book.sheet("走势", "各月走势", tall=True)
    months = sorted({month["month"] for indicator in indicators for month in indicator["months"]})
    columns = [TableColumn("月份", "Month", "month", 14), *map(_column, indicators)]
    displays = [{month["month"]: month["display"] for month in indicator["months"]} for indicator in indicators]
    values = sheet.table(
        columns, [[month_of(month), *(number_cell(by_month.get(month)) for by_month in displays)] for month in months]
    )
    sheet.text("目标（供图表用） Targets, for the charts", len(columns))
    targets = sheet.table(columns, [[month_of(month), *map(_goal, indicators)] for month in months])
    for column, indicator in enumerate(indicators, start=1):
        title = indicator["title"]["zh"]
        series = [ChartSeries(title, column), ChartSeries("目标", column, targets)]
        sheet.chart("line", _title_and_unit(indicator), values, series, largest=_largest_integer(indicator))


def write_areas(book: ReportWorkbook) -> None:
    """Write the indicators that are counted by subdistrict."""
    indicators = [indicator for indicator in book.report.content["indicators"] if indicator["areas"]]
    _write_breakdown(book, ("各街道", "街道", "Subdistrict"), indicators, ("areas", "area"), book.report.area)


def write_organisations(book: ReportWorkbook) -> None:
    """Write the indicators with a target by the organisation that contributes to them."""
    indicators = [indicator for indicator in book.report.with_target if indicator["orgs"]]
    _write_breakdown(book, ("各企业", "企业", "Organisation"), indicators, ("orgs", "org"), book.report.org)


def _write_breakdown(
    book: ReportWorkbook,
    titles: tuple[str, str, str],
    indicators: Sequence[ReportPart],
    keys: tuple[str, str],
    name: Callable[[str], str],
) -> None:
    if not indicators:
        return
    lines, dimension = keys
    sheet = book.sheet(titles[0], f"{titles[0]}指标情况")
    codes = list(dict.fromkeys(line[dimension] for indicator in indicators for line in indicator[lines]))
    cells = [{line[dimension]: _judged_cell(line) for line in indicator[lines]} for indicator in indicators]
    columns = [TableColumn(*titles[1:], width=16), *map(_column, indicators)]
    empty = number_cell(None)
    table = sheet.table(columns, [[name(code), *(by_code.get(code, empty) for by_code in cells)] for code in codes])
    _write_gaps(sheet, book, titles, keys, name)
    for column, indicator in enumerate(indicators, start=1):
        sheet.chart("column", _title_and_unit(indicator), table, [ChartSeries(indicator["title"]["zh"], column)])


def _write_gaps(
    sheet: ReportSheet, book: ReportWorkbook, titles: tuple[str, str, str], keys: tuple[str, str], name: Callable[[str], str]
) -> None:
    """Write by how many units each part misses the targets of the whole area; nothing if none is."""
    table = gaps_by_part(book.report, *keys)
    if not table.indicators:
        return
    sheet.text(f"{titles[0]}与全区目标的差距 Gaps to the targets of the whole area", len(table.indicators) + 1)
    columns = [
        TableColumn(*titles[1:], width=16),
        *(TableColumn(shortfall_heading_zh(each), each["title"]["en"], "count", 24) for each in table.indicators),
    ]
    sheet.table(columns, [[name(code), *gaps] for code, gaps in table.rows])


def _judged_cell(line: ReportPart) -> StyledCell:
    """Return the value, marked if it misses its target."""
    return number_cell(line["display"], "below" if line["status"] == Status.NOT_MET else None)


def _largest_integer(indicator: ReportPart) -> int | None:
    """Return the largest of the values and the target; None unless all values are integers."""
    displays = [month["display"] for month in indicator["months"] if month["display"] is not None]
    if not displays or any("." in display for display in displays):
        return None
    return max(*map(int, displays), int(indicator["line"]["target"]))


def _goal(indicator: ReportPart) -> StyledCell:
    target = indicator["line"]["target"]
    return StyledCell(target, "count" if target == int(target) else "figure")


def _compared_goal(indicator: ReportPart) -> StyledCell:
    """Return the target with its sign, which the cell shows before the number."""
    goal = _goal(indicator)
    return StyledCell(goal.value, f"{'at_most' if lower_is_better(indicator) else 'at_least'}_{goal.style}")


def _required(indicator: ReportPart, units: int | None) -> int | None:
    """Return the required change per month, which is negative where lower is better."""
    return -units if units and lower_is_better(indicator) else units


def _title_and_unit(indicator: ReportPart) -> str:
    return f"{indicator['title']['zh']}（{indicator['unit']['zh']}）"


def _column(indicator: ReportPart) -> TableColumn:
    return TableColumn(_title_and_unit(indicator), f"{indicator['title']['en']} ({indicator['unit']['en']})", "figure", 24)


def _forecast_row(indicator: ReportPart) -> list[WorkbookValue | StyledCell]:
    outlook, pace = indicator["outlook"], monthly_pace(indicator)
    target = outlook["target"]
    forecast = target["forecast"]
    return [
        indicator["title"]["zh"],
        None if pace is None else StyledCell(float(pace), "step" if pace == int(pace) else "step_figure"),
        _required(indicator, target["required_per_month"]),
        date.fromisoformat(target["due"]),
        number_cell(forecast["display"]),
        ForecastState(forecast["state"]).title_.zh,
        target["gap"],
        target["months_left"],
        indicator["counted_in"]["zh"],
        forecast["gap"],
        "、".join(map(month_zh, outlook["pace"]["months"])),
        "；".join(month["text"]["zh"] for month in outlook["pace"]["left_out"]),
    ]


def _target_row(number: int, indicator: ReportPart) -> list[WorkbookValue | StyledCell]:
    line = indicator["line"]
    style = line["status"] if line["status"] in {"met", "not_met", "incomplete"} else "text"
    previous = previous_month_display(indicator)
    return [
        number,
        _title_and_unit(indicator),
        None if line["target"] is None else _compared_goal(indicator),
        number_cell(previous),
        number_cell(line["display"]),
        change_cell(previous, line["display"]),
        line["gap"],
        shortfall_heading_zh(indicator) if line["gap"] else "",
        StyledCell(verdict_zh(line), style),
        None if line["due"] is None else date.fromisoformat(line["due"]),
        attainment(indicator),
        line["numerator"],
        line["denominator"],
        "是 yes" if line["provisional"] else "否 no",
        f"{indicator['title']['en']} ({indicator['unit']['en']})",
    ]
