"""The sheets of a report's workbook that hold indicators, each with its chart."""

from collections.abc import Callable, Sequence

from services.indicators.reports.wording import Document, attainment, month_zh, shown, status_zh
from services.indicators.reports.workbook_grid import Book, Cell, Column, Styled

_PERCENT = "%"


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
    sheet.chart(
        "bar", "完成程度：本月完成相当于目标的百分比", table, names=0, values=[5], titles=["完成程度（%）"], unit=_PERCENT
    )
    if book.words.informational:
        sheet.table(columns, [_target(each) for each in book.words.informational])


def months(book: Book) -> None:
    """Each indicator over the months; a month without a figure is a gap."""
    words = book.words
    sheet = book.sheet("走势", "各月走势")
    dated = list(dict.fromkeys(each["month"] for one in words.judged for each in one["months"]))
    dated.sort()
    columns = [Column("月份", "Month", width=14), *(_column(each) for each in words.judged)]
    figures = [{each["month"]: shown(each["display"]) for each in one["months"]} for one in words.judged]
    table = sheet.table(columns, [[month_zh(month), *(each.get(month) for each in figures)] for month in dated])
    for unit in dict.fromkeys(each["unit"]["zh"] for each in words.judged):
        places = [place for place, each in enumerate(words.judged, start=1) if each["unit"]["zh"] == unit]
        titles = [words.judged[place - 1]["title"]["zh"] for place in places]
        sheet.chart("line", f"各月走势（{unit}）", table, names=0, values=places, titles=titles, unit=unit)


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
    lines, dimension = keys
    sheet = book.sheet(titles[0], f"{titles[0]}指标情况")
    codes = list(dict.fromkeys(line[dimension] for each in shown_ for line in each[lines]))
    figures = [{line[dimension]: shown(line["display"]) for line in each[lines]} for each in shown_]
    columns = [Column(*titles[1:], width=16), *(_column(each) for each in shown_)]
    table = sheet.table(columns, [[name(code), *(each.get(code) for each in figures)] for code in codes])
    for place, each in enumerate(shown_, start=1):
        title, unit = each["title"]["zh"], each["unit"]["zh"]
        sheet.chart("column", f"{title}（{unit}）", table, names=0, values=[place], titles=[title], unit=unit)


def _column(indicator: Document) -> Column:
    unit = indicator["unit"]
    return Column(f"{indicator['title']['zh']}（{unit['zh']}）", f"{indicator['title']['en']} ({unit['en']})", "figure", 22)


def _target(indicator: Document) -> list[Cell | Styled]:
    line = indicator["line"]
    look = line["status"] if line["status"] in {"met", "not_met", "incomplete"} else "text"
    return [
        indicator["title"]["zh"],
        indicator["title"]["en"],
        indicator["unit"]["zh"],
        line["target"],
        shown(line["display"]),
        attainment(indicator),
        Styled(status_zh(line["status"]), look),
        line["numerator"],
        line["denominator"],
        line["gap"],
        indicator["counted_in"]["zh"],
        line["due"],
        "是 yes" if line["provisional"] else "否 no",
    ]
