"""The sheets of a report's workbook that hold indicators, each with its chart."""

from collections.abc import Callable, Sequence

from services.indicators.reports.files.wording import Document, attainment, month_zh, pace_of, status_zh
from services.indicators.reports.files.workbook_grid import Book, Cell, Column, Series, Styled, figure
from shared.vocabulary import ForecastState, Status


def targets(book: Book, title: str) -> None:
    """Every indicator against its target."""
    sheet = book.sheet("指标", title)
    columns = [
        Column("指标", "Indicator", width=30),
        Column("英文名", "In English", width=30),
        Column("单位", "Unit", width=11),
        Column("目标", "Target", "figure", 9),
        Column("本月完成", "Value", "figure", 10),
        Column("完成程度（%）", "Per cent of target", "figure", 12),
        Column("状态", "Status", width=12),
        Column("分子", "Numerator", "count", 13),
        Column("分母", "Denominator", "count", 13),
        Column("差距", "Gap", "count", 10),
        Column("差距单位", "Counted in", width=10),
        Column("时限", "Due", width=12),
        Column("初步", "Provisional", width=10),
    ]
    table = sheet.table(columns, [_target(each) for each in book.words.judged])
    sheet.chart("bar", "完成程度：本月完成相当于目标的百分比（%）", table, [Series("完成程度（%）", 5)])
    if book.words.informational:
        sheet.table(columns, [_target(each) for each in book.words.informational])


def outlook(book: Book) -> None:
    """How fast each indicator goes, and where it will stand on its due day."""
    sheet = book.sheet("进度预测", "进度和预测")
    sheet.text(
        "按口径一致、数据齐全的月份直线推算，供调度参考，不作判定。"
        " A straight line through the comparable months: for orientation, no verdict.",
        10,
    )
    columns = [
        Column("指标", "Indicator", width=30),
        Column("时限", "Due", width=13),
        Column("差距", "Gap", "count", 10),
        Column("剩余月数", "Months left", "figure", 12),
        Column("每月须增", "Required a month", "count", 12),
        Column("月均增加", "Added a month", "step_figure", 12),
        Column("计数单位", "Counted in", width=11),
        Column("预计到期完成", "Expected on the due day", "figure", 14),
        Column("预计仍差", "Expected gap", "count", 12),
        Column("预测", "Forecast", width=26),
        Column("依据月份", "Rests on", width=42),
        Column("未计入的月份", "Left out", width=34),
    ]
    sheet.table(columns, [_outlook(each) for each in book.words.judged])


def months(book: Book) -> None:
    """Each indicator over the months, with its target; a month without a figure is a gap."""
    words = book.words
    sheet = book.sheet("走势", "各月走势", tall=True)
    dated = list(dict.fromkeys(each["month"] for one in words.judged for each in one["months"]))
    dated.sort()
    columns = [Column("月份", "Month", width=14), *(_column(each) for each in words.judged)]
    figures = [{each["month"]: each["display"] for each in one["months"]} for one in words.judged]
    table = sheet.table(columns, [[month_zh(month), *(figure(each.get(month)) for each in figures)] for month in dated])
    sheet.text("目标（供图表用） Targets, for the charts", len(columns))
    targets = sheet.table(columns, [[month_zh(month), *(_goal(each) for each in words.judged)] for month in dated])
    for place, each in enumerate(words.judged, start=1):
        title, unit = each["title"]["zh"], each["unit"]["zh"]
        series = [Series(title, place), Series("目标", place, targets)]
        sheet.chart("line", f"{title}（{unit}）", table, series, largest=_largest(each))


def areas(book: Book) -> None:
    """Each street."""
    shown_ = [each for each in book.words.content["indicators"] if each["areas"]]
    _breakdown(book, ("各街道", "街道", "Street"), shown_, ("areas", "area"), book.words.area)


def carriers(book: Book) -> None:
    """Each organisation."""
    shown_ = [each for each in book.words.judged if each["orgs"]]
    _breakdown(book, ("各企业", "单位", "Organisation"), shown_, ("orgs", "org"), book.words.org)


def _breakdown(
    book: Book, titles: tuple[str, str, str], shown_: Sequence[Document], keys: tuple[str, str], name: Callable[[str], str]
) -> None:
    if not shown_:
        return
    lines, dimension = keys
    sheet = book.sheet(titles[0], f"{titles[0]}指标情况")
    codes = list(dict.fromkeys(line[dimension] for each in shown_ for line in each[lines]))
    figures = [{line[dimension]: _judged(line) for line in each[lines]} for each in shown_]
    columns = [Column(*titles[1:], width=16), *(_column(each) for each in shown_)]
    nothing = figure(None)
    table = sheet.table(columns, [[name(code), *(each.get(code, nothing) for each in figures)] for code in codes])
    for place, each in enumerate(shown_, start=1):
        title, unit = each["title"]["zh"], each["unit"]["zh"]
        sheet.chart("column", f"{title}（{unit}）", table, [Series(title, place)])


def _judged(line: Document) -> Styled:
    """A figure that stands out where it is below its target."""
    return figure(line["display"], "below" if line["status"] == Status.NOT_MET else None)


def _largest(indicator: Document) -> int | None:
    """The largest of its figures and its target, where all are whole numbers."""
    displays = [each["display"] for each in indicator["months"] if each["display"] is not None]
    if not displays or any("." in each for each in displays):
        return None
    return max(*map(int, displays), int(indicator["line"]["target"]))


def _goal(indicator: Document) -> Styled:
    target = indicator["line"]["target"]
    return Styled(target, "count" if target == int(target) else "figure")


def _column(indicator: Document) -> Column:
    unit = indicator["unit"]
    return Column(f"{indicator['title']['zh']}（{unit['zh']}）", f"{indicator['title']['en']} ({unit['en']})", "figure", 24)


def _outlook(indicator: Document) -> list[Cell | Styled]:
    outlook, pace = indicator["outlook"], pace_of(indicator)
    target = outlook["target"]
    ahead = target["forecast"]
    return [
        indicator["title"]["zh"],
        target["due"],
        target["gap"],
        target["months_left"],
        target["required_per_month"],
        None if pace is None else Styled(float(pace), "step" if pace == int(pace) else "step_figure"),
        indicator["counted_in"]["zh"],
        figure(ahead["display"]),
        ahead["gap"],
        ForecastState(ahead["state"]).title_.zh,
        "、".join(outlook["basis"]["months"]),
        "；".join(each["text"]["zh"] for each in outlook["basis"]["left_out"]),
    ]


def _target(indicator: Document) -> list[Cell | Styled]:
    line = indicator["line"]
    look = line["status"] if line["status"] in {"met", "not_met", "incomplete"} else "text"
    return [
        indicator["title"]["zh"],
        indicator["title"]["en"],
        indicator["unit"]["zh"],
        None if line["target"] is None else _goal(indicator),
        figure(line["display"]),
        attainment(indicator),
        Styled(status_zh(line["status"]), look),
        line["numerator"],
        line["denominator"],
        line["gap"],
        indicator["counted_in"]["zh"],
        line["due"],
        "是 yes" if line["provisional"] else "否 no",
    ]
