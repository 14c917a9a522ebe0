"""Templates as XLSX: only the cells to fill in can be edited, and their values are checked while they are typed."""

import io
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from services.ingest.templates.template import CellFormat, Template, TemplateColumn, TemplateValue
from shared.vocabulary import LARGEST_COUNT

_CREATED = datetime(2022, 1, 1)  # noqa: DTZ001 - equal templates are equal bytes; the file format has no time zone
_NARROWEST, _WIDEST = 10, 46  # characters of half width
_EXPECTED, _VOLUNTARY, _LOCKED, _HEADER = "#FFF8DC", "#E8F5E9", "#F2F2F2", "#D9E2F3"
_CHOICES_SHEET = "lists"
_HELP_SHEET = "填写说明 help"
_ALLOWED_WHEN_PROTECTED = {"format_columns": True, "format_rows": True, "autofilter": True}


def template_workbook(template: Template, properties: Mapping[str, str]) -> bytes:
    """Return the template as an XLSX file with custom properties, which spreadsheet programs keep when they save it."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED, "title": template.heading.zh, "author": "gigacity"})
        for name, text in properties.items():
            book.set_custom_property(name, text, "text")
        book.set_calc_mode("manual")
        _TemplateSheet(book, template).write()
        _write_help(book, template)
        _write_choices(book, template)
    return out.getvalue()


class _TemplateSheet:
    """Writer of the sheet that is filled in."""

    def __init__(self, book: Any, template: Template) -> None:  # noqa: ANN401 - xlsxwriter has no types
        self._columns = template.columns
        self._rows = (*template.rows, *template.empty_rows)
        self._widths = [_width(template, index) for index in range(len(template.columns))]
        self._sheet = book.add_worksheet(f"{template.sheet.zh} {template.sheet.en}")
        common = {"border": 1, "border_color": "#BFBFBF", "valign": "vcenter"}
        self._header = book.add_format(common | {"bold": True, "bg_color": _HEADER, "text_wrap": True})
        self._styles = {
            (format_, editable, voluntary): book.add_format(common | _style(format_, editable=editable, voluntary=voluntary))
            for format_ in CellFormat
            for editable in (True, False)
            for voluntary in (True, False)
        }

    def write(self) -> None:
        """Write header, rows and the rules for values."""
        sheet = self._sheet
        for index, column in enumerate(self._columns):
            sheet.write_string(0, index, column.title, self._header)
            sheet.set_column(index, index, self._widths[index])
        for number, row in enumerate(self._rows, start=1):
            for index, (column, value) in enumerate(zip(self._columns, row.values, strict=True)):
                style = self._styles[column.format, column.editable and not row.locked, row.voluntary]
                self._write_cell(number, index, value, style)
        sheet.freeze_panes(1, 2)
        sheet.protect("", _ALLOWED_WHEN_PROTECTED)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        if self._rows:
            self._add_rules()

    def _write_cell(self, row: int, index: int, value: TemplateValue, style: Any) -> None:  # noqa: ANN401
        if value is None:
            self._sheet.write_blank(row, index, None, style)
        elif isinstance(value, int | float):
            self._sheet.write_number(row, index, value, style)
        else:
            self._sheet.write_string(row, index, value, style)  # never `write`, which makes formulas and links

    def _add_rules(self) -> None:
        """Restrict each column to the values that it accepts."""
        last_row, last_column = len(self._rows), len(self._columns) - 1
        self._sheet.autofilter(0, 0, last_row, last_column)
        self._sheet.ignore_errors({"number_stored_as_text": f"A2:{_letter(last_column)}{last_row + 1}"})
        for index, column in enumerate(self._columns):
            rule = _rule(column, index)
            if rule:
                self._sheet.data_validation(1, index, last_row, index, rule)


def _style(format_: CellFormat, *, editable: bool, voluntary: bool) -> dict[str, Any]:
    colours = {True: _VOLUNTARY, False: _EXPECTED}
    style: dict[str, Any] = {"bg_color": colours[voluntary] if editable else _LOCKED, "locked": not editable}
    if format_ is CellFormat.COUNT:
        return style | {"num_format": "#,##0", "align": "right"}
    if format_ is CellFormat.DECIMAL:
        return style | {"align": "right"}
    # A text stays a text when its cell is edited, whatever it starts with.
    return style | {"num_format": "@", "quote_prefix": True}


def _rule(column: TemplateColumn, index: int) -> dict[str, Any] | None:
    if column.choices:
        letter = _letter(index)
        return {"validate": "list", "source": f"={_CHOICES_SHEET}!${letter}$1:${letter}${len(column.choices)}"}
    if not column.editable:
        return None
    if column.format in {CellFormat.COUNT, CellFormat.DECIMAL}:
        return _number_rule(column)
    return {
        "validate": "length",
        "criteria": "<=",
        "value": column.max_length,
        "error_title": "内容过长 too long",
        "error_message": f"最多 {column.max_length} 字。\nAt most {column.max_length} characters.",
    }


def _number_rule(column: TemplateColumn) -> dict[str, Any]:
    minimum, maximum = f"{column.minimum:g}", f"{column.maximum:g}"
    between = {
        "criteria": "between",
        "minimum": column.minimum,
        "maximum": column.maximum,
        "input_title": column.title[:32],
    }
    if column.format is CellFormat.DECIMAL:
        return between | {
            "validate": "decimal",
            "input_message": f"{minimum} ~ {maximum}",
            "error_title": "应填数字 number",
            "error_message": f"请填 {minimum} 至 {maximum} 的数字。\nEnter a number from {minimum} to {maximum}.",
        }
    if column.maximum < LARGEST_COUNT:
        zh, en = f" {minimum} 至 {maximum} ", f"from {minimum} to {maximum}"
    else:
        zh, en = f"不小于 {minimum} ", f"of at least {minimum}"
    return between | {
        "validate": "integer",
        "input_message": "请填整数；没有数据请留空，确实为零请填 0。\n"
        "Enter a whole number; leave the cell empty if there is no count, enter 0 if it is zero.",
        "error_title": "应填整数 whole number",
        "error_message": f"请填{zh}的整数，不填百分比、小数和计量单位。\nEnter a whole number {en}, without units.",
    }


def _write_choices(book: Any, template: Template) -> None:  # noqa: ANN401
    """Write the choices to a hidden sheet, because a list inside a rule has at most 255 characters."""
    sheet = book.add_worksheet(_CHOICES_SHEET)
    sheet.hide()
    sheet.protect("")
    for index, column in enumerate(template.columns):
        for row, choice in enumerate(column.choices):
            sheet.write_string(row, index, choice)


def _write_help(book: Any, template: Template) -> None:  # noqa: ANN401
    sheet = book.add_worksheet(_HELP_SHEET)
    sheet.set_column(0, 0, 90)
    sheet.write_string(0, 0, template.heading.zh, book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, template.heading.en)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for number, text in enumerate(template.help, start=1):
        sheet.write_string(2 * number + 1, 0, f"{number}. {text.zh}", wrapped)
        sheet.write_string(2 * number + 2, 0, f"    {text.en}", wrapped)
    sheet.protect("")


def _width(template: Template, index: int) -> int:
    """Return the width of a column's longest text; a Chinese character counts as two."""
    if template.columns[index].format is CellFormat.NOTE:
        return _WIDEST
    texts = [template.columns[index].title, *(str(row.values[index] or "") for row in template.rows)]
    widest = max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text) for text in texts)
    return min(max(widest + 3, _NARROWEST), _WIDEST)


def _letter(index: int) -> str:
    return chr(ord("A") + index)
