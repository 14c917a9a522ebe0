"""Writer of tables and charts on the sheets of a report's workbook."""

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import xlsxwriter  # type: ignore[import-untyped]

from services.indicators.reports.files.wording import ReportText, display_change

WorkbookValue = str | int | float | date | None
_ALARM: Final = {"font_color": "#9C2A10", "bg_color": "#FBE5D6"}
_FRAMED: Final = {"border": 1, "border_color": "#BFBFBF", "valign": "vcenter", "font_name": "宋体", "font_size": 11}
_TEXT_CELL: Final = {"num_format": "@", "quote_prefix": True, "text_wrap": True, "indent": 1}
_UNFRAMED: Final = {"font_name": "宋体"}
_MONTH_FORMAT: Final = 'yyyy"年"m"月"'
_STYLES: Final[Mapping[str, Mapping[str, object]]] = {
    "title": _UNFRAMED | {"bold": True, "font_size": 16},
    "plain": _UNFRAMED | {"font_size": 11, "text_wrap": True, "valign": "top", "quote_prefix": True},
    "header": _FRAMED | {"bold": True, "bg_color": "#D9E2F3", "text_wrap": True, "align": "center"},
    "text": _FRAMED | _TEXT_CELL,
    "date": _FRAMED | {"num_format": 'yyyy"年"m"月"d"日"', "align": "center"},
    "month": _FRAMED | {"num_format": _MONTH_FORMAT, "align": "center"},
    "count": _FRAMED | {"num_format": "#,##0", "align": "right"},
    "step": _FRAMED | {"num_format": "+#,##0;-#,##0;0", "align": "right"},
    "step_figure": _FRAMED | {"num_format": "+0.0###;-0.0###;0.0", "align": "right"},
    "figure": _FRAMED | {"num_format": "0.0###", "align": "right"},
    **{
        f"{name}_{style}": _FRAMED | {"num_format": f'"{sign}"{number}', "align": "right"}
        for name, sign in (("at_least", "≥"), ("at_most", "≤"))
        for style, number in (("count", "#,##0"), ("figure", "0.0###"))
    },
    "below": _FRAMED | _ALARM | {"num_format": "0.0###", "align": "right"},
    "met": _FRAMED | {"font_color": "#1B6B3A", "bg_color": "#E2F0D9", "align": "center"},
    "not_met": _FRAMED | _ALARM | {"align": "center"},
    "late": _FRAMED | _ALARM | _TEXT_CELL,
    "incomplete": _FRAMED | {"font_color": "#7F6000", "bg_color": "#FFF2CC", "align": "center"},
}
_COLOURS: Final = ("#2F5597", "#C55A11", "#548235", "#7030A0", "#BF9000", "#2E75B6", "#A5A5A5")
_TEXT: Final = {"name": "宋体", "size": 10, "bold": False}
_LINE: Final = 16  # points
_CHART: Final = (640, 300)  # pixels
_CHART_ROWS: Final = 16
_FRAME: Final = 4  # pixels above a chart, whose frame is wider than its line
_CHART_GAP: Final = 20  # pixels between two charts
_PAGE: Final = (740, 487)  # points of A4 in landscape format within the margins
_TALL_PAGE: Final = (494, 733)
_DEFAULT_LINE: Final = 15  # points of a row without a height of its own
_PIXEL: Final = 0.75  # points
_STEPS: Final = 8  # of an axis of whole numbers


class TableColumn(NamedTuple):
    """A column of a table: its title in both languages, the style of its cells and its width in characters."""

    zh: str
    en: str
    style: str = "text"
    width: int = 12


class StyledCell(NamedTuple):
    """A cell with a style other than its column's."""

    value: WorkbookValue
    style: str


def number_cell(display: str | None, style: str | None = None) -> StyledCell:
    """Return a displayed value as a number: a format over the exact value would round it."""
    if display is None:
        return StyledCell(None, "text")
    return StyledCell(float(display), style or ("figure" if "." in display else "count"))


def change_cell(before: str | None, after: str | None) -> StyledCell:
    """Return the difference of two displayed values, which a reader can check; empty without both."""
    change = display_change(before, after)
    if change is None:
        return StyledCell(None, "text")
    return StyledCell(float(change), "step_figure" if "." in str(change) else "step")


class ChartSeries(NamedTuple):
    """A line or the bars of a chart: its title, and the column of its values in the chart's table, or in another table."""

    title: str
    column: int
    table: "TableRange | None" = None


class TableRange(NamedTuple):
    """The position of a table: the sheet, and its first and last data row."""

    sheet: str
    first: int
    last: int


class ReportWorkbook:
    """A workbook that is being written, with the text of its report and the styles of its cells."""

    def __init__(self, file: xlsxwriter.Workbook, report: ReportText, mark: str | None) -> None:
        self.file = file
        self.report = report
        self._mark = f"（{mark}）" if mark else ""
        self._styles = {name: file.add_format(style) for name, style in _STYLES.items()}

    def sheet(self, name: str, title: str, *, tall: bool = False) -> "ReportSheet":
        """Add a sheet with a title; a `tall` one is printed in portrait format."""
        return ReportSheet(self, name, title + self._mark, self._styles, tall=tall)


class ReportSheet:
    """A sheet with a title, written from top to bottom and printed on A4 to the width of the page."""

    def __init__(self, book: ReportWorkbook, name: str, title: str, styles: Mapping[str, Any], *, tall: bool) -> None:
        self._file, self._name, self._styles = book.file, name, styles
        self._sheet = book.file.add_worksheet(name)
        if not tall:
            self._sheet.set_landscape()
        self._sheet.set_paper(9)  # A4
        self._sheet.fit_to_pages(1, 0)
        self._page = _TALL_PAGE if tall else _PAGE
        self._header = 0  # points that the header takes on each further page
        self._breaks: list[int] = []
        self._sheet.hide_gridlines(2)
        self._sheet.write_string(0, 0, title, styles["title"])
        self.row = 2
        self._printed = 2 * _DEFAULT_LINE
        self._widths: dict[int, int] = {}
        self._second_chart = False  # the next chart goes to the right of the last one

    def text(self, text: str, columns: int) -> None:
        """Write a text over several columns, in a row of the height that it needs."""
        lines = text.splitlines() or [""]
        self._sheet.merge_range(self.row, 0, self.row, columns - 1, "", self._styles["plain"])
        self._sheet.write_string(self.row, 0, text, self._styles["plain"])
        self._set_height(self.row, _LINE * sum(1 + _width(line) // 100 for line in lines) + 4)
        self.row += 1

    def table(self, columns: Sequence[TableColumn], rows: Sequence[Sequence[WorkbookValue | StyledCell]]) -> TableRange:
        """Write a table below the previous content; the header of the first stays in view and is printed on each page."""
        sheet, top = self._sheet, self.row
        header = _height([f"{column.zh}\n{column.en}" for column in columns], columns)
        if not self._widths:
            sheet.freeze_panes(top + 1, 0)
            sheet.repeat_rows(top)
            self._header = header
        self._set_height(top, header)
        for index, column in enumerate(columns):
            sheet.write_string(top, index, f"{column.zh}\n{column.en}", self._styles["header"])
            self._widths[index] = max(column.width, self._widths.get(index, 0))
            sheet.set_column(index, index, self._widths[index])
        for number, row in enumerate(rows, start=top + 1):
            self._set_height(number, _height([cell.value if isinstance(cell, StyledCell) else cell for cell in row], columns))
            for index, (column, cell) in enumerate(zip(columns, row, strict=True)):
                self._cell(number, index, *(cell if isinstance(cell, StyledCell) else (cell, column.style)))
        self.row = top + len(rows) + 2
        self._printed += _DEFAULT_LINE
        self._second_chart = False
        return TableRange(self._name, top + 1, top + len(rows))

    def chart(
        self,
        kind: str,
        title: str,
        table: TableRange,
        series: Sequence[ChartSeries],
        *,
        categories: int = 0,
        largest: int | None = None,
    ) -> None:
        """Add a chart of some columns of a table, two to a row; the column `categories` names the points or bars.

        With `largest`, all values are integers up to it, and the axis has integer steps.
        """
        if table.last < table.first:
            return
        chart = self._file.add_chart({"type": kind})
        for index, column in enumerate(series):
            colour, values = _COLOURS[index % len(_COLOURS)], column.table or table
            target = column.table is not None  # a straight line, without points
            chart.add_series(
                {
                    "name": column.title,
                    "categories": [table.sheet, table.first, categories, table.last, categories],
                    "values": [values.sheet, values.first, column.column, values.last, column.column],
                    "fill": {"color": colour},
                    "line": {"color": colour, "width": 1.5 if target else 2.25, "dash_type": "dash" if target else "solid"},
                    "marker": {"type": "none"} if target else _marker(colour),
                    "data_labels": {"value": not target, "font": _TEXT} | ({"position": "above"} if kind == "line" else {}),
                    "gap": 80,
                }
            )
        chart.set_title({"name": title, "name_font": _TEXT | {"size": 13, "bold": True}, "overlay": False})
        category_axis: dict[str, object] = {"num_font": _TEXT, "reverse": kind == "bar"}
        if kind == "line":
            category_axis |= {"text_axis": True, "num_format": _MONTH_FORMAT}
        grid = {"visible": True, "line": {"color": "#D9D9D9"}}
        value_axis: dict[str, object] = {"num_font": _TEXT, "major_gridlines": grid}
        if kind != "line":
            value_axis["min"] = 0  # bars that do not begin at 0 exaggerate differences
        if largest is not None:
            value_axis |= {"min": 0, "major_unit": max(1, -(-largest // _STEPS)), "num_format": "0"}
        chart.set_x_axis(value_axis if kind == "bar" else category_axis)
        chart.set_y_axis(category_axis if kind == "bar" else value_axis)
        chart.set_legend({"none": True} if len(series) == 1 else {"position": "bottom", "font": _TEXT})
        chart.show_blanks_as("gap")
        chart.set_size({"width": _CHART[0], "height": _CHART[1]})
        if not self._second_chart:
            self._begin_chart_row()
        left = _CHART[0] + _CHART_GAP if self._second_chart else 0
        self._sheet.insert_chart(
            self.row - (_CHART_ROWS if self._second_chart else 0),
            0,
            chart,
            {"object_position": 2, "x_offset": left, "y_offset": _FRAME},
        )
        self.row += 0 if self._second_chart else _CHART_ROWS
        self._second_chart = not self._second_chart

    def _begin_chart_row(self) -> None:
        """Begin a page if the next charts do not fit on this one, once the sheet is scaled to the width of the page."""
        columns = sum(width * 7 + 5 for width in self._widths.values())
        scale = min(1.0, self._page[0] / (max(columns, 2 * _CHART[0] + _CHART_GAP) * _PIXEL))
        if self._printed + _CHART_ROWS * _DEFAULT_LINE > self._page[1] / scale:
            self._breaks.append(self.row)
            self._sheet.set_h_pagebreaks(self._breaks)
            self._printed = self._header
        self._printed += _CHART_ROWS * _DEFAULT_LINE

    def _set_height(self, row: int, points: int) -> None:
        self._sheet.set_row(row, points)
        self._printed += points

    def _cell(self, row: int, column: int, value: WorkbookValue, style: str) -> None:
        if value is None:
            self._sheet.write_blank(row, column, None, self._styles[style])
        elif isinstance(value, str):
            self._sheet.write_string(row, column, value, self._styles[style])  # never `write`, which makes formulas and links
        elif isinstance(value, date):
            self._sheet.write_datetime(row, column, value, self._styles[style])
        else:
            self._sheet.write_number(row, column, value, self._styles[style])


def _marker(colour: str) -> Mapping[str, object]:
    return {"type": "circle", "size": 6, "fill": {"color": colour}, "border": {"color": colour}}


def _height(cells: Sequence[WorkbookValue], columns: Sequence[TableColumn]) -> int:
    """Return the height that the cell with the most lines needs, in points; spreadsheet programs do not adjust written rows."""
    texts = [(cell, column.width - 1) for cell, column in zip(cells, columns, strict=True) if isinstance(cell, str)]
    lines = [sum(1 + (_width(line) - 1) // max(width - 2, 1) for line in text.splitlines()) for text, width in texts]
    return _LINE * max([1, *lines]) + 4


def _width(text: str) -> int:
    """Return the width in half-width characters; a Chinese character takes two."""
    return max(1, sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text))
