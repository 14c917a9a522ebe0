"""The sheets of a report's workbook that hold indicators, each with its chart."""

from collections.abc import Callable, Sequence

from services.indicators.reports.files.wording import ReportPart, attainment, month_zh, monthly_pace, status_zh
from services.indicators.reports.files.workbook_writer import (
    CellValue,
    ChartSeries,
    ReportWorkbook,
    StyledCell,
    TableColumn,
    number_cell,
)
from shared.vocabulary import ForecastState, Status


def write_targets(book: ReportWorkbook, title: str) -> None:
    """Every indicator against its target."""
    sheet = book.sheet("指标", title)
    columns = [
        TableColumn("指标", "Indicator", width=30),
        TableColumn("英文名", "In English", width=30),
        TableColumn("单位", "Unit", width=11),
        TableColumn("目标", "Target", "figure", 9),
        TableColumn("本月完成", "Value", "figure", 10),
        TableColumn("完成程度（%）", "Per cent of target", "figure", 12),
        TableColumn("状态", "Status", width=12),
        TableColumn("分子", "Numerator", "count", 13),
        TableColumn("分母", "Denominator", "count", 13),
        TableColumn("差距", "Gap", "count", 10),
        TableColumn("差距单位", "Counted in", width=10),
        TableColumn("时限", "Due", width=12),
        TableColumn("初步", "Provisional", width=10),
    ]
    table = sheet.table(columns, [_target(each) for each in book.report.judged])
    sheet.chart("bar", "完成程度：本月完成相当于目标的百分比（%）", table, [ChartSeries("完成程度（%）", 5)])
    if book.report.informational:
        sheet.table(columns, [_target(each) for each in book.report.informational])


def write_forecasts(book: ReportWorkbook) -> None:
    """How fast each indicator goes, and where it will stand on its due day."""
    sheet = book.sheet("进度预测", "进度和预测")
    sheet.text(
        "按口径一致、数据齐全的月份直线推算，供调度参考，不作判定。"
        " A straight line through the comparable months: for orientation, no verdict.",
        10,
    )
    columns = [
        TableColumn("指标", "Indicator", width=30),
        TableColumn("时限", "Due", width=13),
        TableColumn("差距", "Gap", "count", 10),
        TableColumn("剩余月数", "Months left", "figure", 12),
        TableColumn("每月须增", "Required a month", "count", 12),
        TableColumn("月均增加", "Added a month", "step_figure", 12),
        TableColumn("计数单位", "Counted in", width=11),
        TableColumn("预计到期完成", "Expected on the due day", "figure", 14),
        TableColumn("预计仍差", "Expected gap", "count", 12),
        TableColumn("预测", "Forecast", width=26),
        TableColumn("依据月份", "Rests on", width=42),
        TableColumn("未计入的月份", "Left out", width=34),
    ]
    sheet.table(columns, [_outlook(each) for each in book.report.judged])


def write_months(book: ReportWorkbook) -> None:
    """Each indicator over the months, with its target; a month without a figure is a gap."""
    report = book.report
    sheet = book.sheet("走势", "各月走势", tall=True)
    dated = list(dict.fromkeys(each["month"] for one in report.judged for each in one["months"]))
    dated.sort()
    columns = [TableColumn("月份", "Month", width=14), *(_column(each) for each in report.judged)]
    figures = [{each["month"]: each["display"] for each in one["months"]} for one in report.judged]
    table = sheet.table(columns, [[month_zh(month), *(number_cell(each.get(month)) for each in figures)] for month in dated])
    sheet.text("目标（供图表用） Targets, for the charts", len(columns))
    write_targets = sheet.table(columns, [[month_zh(month), *(_goal(each) for each in report.judged)] for month in dated])
    for place, each in enumerate(report.judged, start=1):
        title, unit = each["title"]["zh"], each["unit"]["zh"]
        series = [ChartSeries(title, place), ChartSeries("目标", place, write_targets)]
        sheet.chart("line", f"{title}（{unit}）", table, series, largest=_largest(each))


def write_areas(book: ReportWorkbook) -> None:
    """Each street."""
    indicators = [each for each in book.report.content["indicators"] if each["areas"]]
    _breakdown(book, ("各街道", "街道", "Street"), indicators, ("areas", "area"), book.report.area)


def write_organisations(book: ReportWorkbook) -> None:
    """Each organisation."""
    indicators = [each for each in book.report.judged if each["orgs"]]
    _breakdown(book, ("各企业", "单位", "Organisation"), indicators, ("orgs", "org"), book.report.org)


def _breakdown(
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
    codes = list(dict.fromkeys(line[dimension] for each in indicators for line in each[lines]))
    figures = [{line[dimension]: _judged(line) for line in each[lines]} for each in indicators]
    columns = [TableColumn(*titles[1:], width=16), *(_column(each) for each in indicators)]
    nothing = number_cell(None)
    table = sheet.table(columns, [[name(code), *(each.get(code, nothing) for each in figures)] for code in codes])
    for place, each in enumerate(indicators, start=1):
        title, unit = each["title"]["zh"], each["unit"]["zh"]
        sheet.chart("column", f"{title}（{unit}）", table, [ChartSeries(title, place)])


def _judged(line: ReportPart) -> StyledCell:
    """A figure that stands out where it is below its target."""
    return number_cell(line["display"], "below" if line["status"] == Status.NOT_MET else None)


def _largest(indicator: ReportPart) -> int | None:
    """The largest of its figures and its target, where all are whole numbers."""
    displays = [each["display"] for each in indicator["months"] if each["display"] is not None]
    if not displays or any("." in each for each in displays):
        return None
    return max(*map(int, displays), int(indicator["line"]["target"]))


def _goal(indicator: ReportPart) -> StyledCell:
    target = indicator["line"]["target"]
    return StyledCell(target, "count" if target == int(target) else "figure")


def _column(indicator: ReportPart) -> TableColumn:
    unit = indicator["unit"]
    return TableColumn(f"{indicator['title']['zh']}（{unit['zh']}）", f"{indicator['title']['en']} ({unit['en']})", "figure", 24)


def _outlook(indicator: ReportPart) -> list[CellValue | StyledCell]:
    write_forecasts, pace = indicator["outlook"], monthly_pace(indicator)
    target = write_forecasts["target"]
    ahead = target["forecast"]
    return [
        indicator["title"]["zh"],
        target["due"],
        target["gap"],
        target["months_left"],
        target["required_per_month"],
        None if pace is None else StyledCell(float(pace), "step" if pace == int(pace) else "step_figure"),
        indicator["counted_in"]["zh"],
        number_cell(ahead["display"]),
        ahead["gap"],
        ForecastState(ahead["state"]).title_.zh,
        "、".join(write_forecasts["basis"]["months"]),
        "；".join(each["text"]["zh"] for each in write_forecasts["basis"]["left_out"]),
    ]


def _target(indicator: ReportPart) -> list[CellValue | StyledCell]:
    line = indicator["line"]
    look = line["status"] if line["status"] in {"met", "not_met", "incomplete"} else "text"
    return [
        indicator["title"]["zh"],
        indicator["title"]["en"],
        indicator["unit"]["zh"],
        None if line["target"] is None else _goal(indicator),
        number_cell(line["display"]),
        attainment(indicator),
        StyledCell(status_zh(line["status"]), look),
        line["numerator"],
        line["denominator"],
        line["gap"],
        indicator["counted_in"]["zh"],
        line["due"],
        "是 yes" if line["provisional"] else "否 no",
    ]
