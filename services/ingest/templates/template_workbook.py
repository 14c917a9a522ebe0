"""A template as a workbook: only what is to be filled in can be edited, and the program checks it while it is typed."""

import io
import unicodedata
from datetime import datetime
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from services.ingest.templates.template import CellFormat, CellValue, Template, TemplateColumn, TemplateRow

_CREATED = datetime(2022, 1, 1)  # noqa: DTZ001 - the same form is the same bytes; the format knows no offset
_NARROWEST, _WIDEST = 10, 46  # characters of half width
_OWED, _VOLUNTARY, _LOCKED, _HEADER = "#FFF8DC", "#E8F5E9", "#F2F2F2", "#D9E2F3"
_LISTS = "lists"
_HELP = "填写说明 help"
_MAY = {"format_columns": True, "format_rows": True, "autofilter": True}


def template_workbook(form: Template) -> bytes:
    """The file. The same form gives the same bytes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED, "title": form.heading.zh, "author": "gigacity"})
        book.set_calc_mode("manual")
        _Sheet(book, form).write()
        _write_help(book, form)
        _write_lists(book, form)
    return out.getvalue()


class _Sheet:
    """The sheet that is filled in."""

    def __init__(self, book: Any, form: Template) -> None:  # noqa: ANN401 - xlsxwriter has no types
        self._form = form
        self._lines = (*form.lines, *form.spare)
        self._sheet = book.add_worksheet(f"{form.sheet.zh} {form.sheet.en}")
        common = {"border": 1, "border_color": "#BFBFBF", "valign": "vcenter"}
        self._header = book.add_format(common | {"bold": True, "bg_color": _HEADER, "text_wrap": True})
        self._formats = {
            (kind, is_open, voluntary): book.add_format(common | _look(kind, is_open=is_open, voluntary=voluntary))
            for kind in CellFormat
            for is_open in (True, False)
            for voluntary in (True, False)
        }

    def write(self) -> None:
        """Write everything."""
        form, sheet = self._form, self._sheet
        for place, column in enumerate(form.columns):
            sheet.write_string(0, place, column.title, self._header)
            sheet.set_column(place, place, _width(form, place))
        for row, line in enumerate(self._lines, start=1):
            self._line(row, line)
        sheet.freeze_panes(1, 2)
        sheet.protect("", _MAY)
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        if self._lines:
            self._check()

    def _line(self, row: int, line: TemplateRow) -> None:
        for place, (column, written) in enumerate(zip(self._form.columns, line.cells, strict=True)):
            self._cell(row, place, written, self._formats[column.kind, column.open and not line.locked, line.voluntary])

    def _cell(self, row: int, place: int, written: CellValue, look: Any) -> None:  # noqa: ANN401
        if written is None:
            self._sheet.write_blank(row, place, None, look)
        elif isinstance(written, int | float):
            self._sheet.write_number(row, place, written, look)
        else:
            self._sheet.write_string(row, place, written, look)  # never `write`, which makes formulas and links

    def _check(self) -> None:
        """Say what may be typed, and accept nothing else."""
        last = len(self._lines)
        self._sheet.autofilter(0, 0, last, len(self._form.columns) - 1)
        self._sheet.ignore_errors({"number_stored_as_text": f"A2:{_letter(len(self._form.columns) - 1)}{last + 1}"})
        for place, column in enumerate(self._form.columns):
            rule = _rule(column, place)
            if rule:
                self._sheet.data_validation(1, place, last, place, rule)


def _look(kind: CellFormat, *, is_open: bool, voluntary: bool) -> dict[str, Any]:
    shades = {True: _VOLUNTARY, False: _OWED}
    look: dict[str, Any] = {"bg_color": shades[voluntary] if is_open else _LOCKED, "locked": not is_open}
    if kind is CellFormat.COUNT:
        return look | {"num_format": "#,##0", "align": "right"}
    if kind is CellFormat.DECIMAL:
        return look | {"align": "right"}
    # A text stays a text when somebody edits its cell, whatever it starts with.
    return look | {"num_format": "@", "quote_prefix": True}


def _rule(column: TemplateColumn, place: int) -> dict[str, Any] | None:
    if column.choices:
        letter = _letter(place)
        return {"validate": "list", "source": f"={_LISTS}!${letter}$1:${letter}${len(column.choices)}"}
    if not column.open:
        return None
    if column.kind in {CellFormat.COUNT, CellFormat.DECIMAL}:
        return _number_rule(column)
    return {
        "validate": "length",
        "criteria": "<=",
        "value": column.longest,
        "error_title": "内容过长 too long",
        "error_message": f"最多 {column.longest} 字。\nAt most {column.longest} characters.",
    }


def _number_rule(column: TemplateColumn) -> dict[str, Any]:
    least, most = f"{column.least:g}", f"{column.most:g}"
    between = {"criteria": "between", "minimum": column.least, "maximum": column.most, "input_title": column.title[:32]}
    if column.kind is CellFormat.DECIMAL:
        return between | {
            "validate": "decimal",
            "input_message": f"{least} ~ {most}",
            "error_title": "应填数字 number",
            "error_message": f"请填 {least} 到 {most} 之间的数字。\nA number from {least} to {most}.",
        }
    return between | {
        "validate": "integer",
        "input_message": "请填整数；没有数据留空，确实为零填 0。\nA whole number; empty: no count, 0: zero.",
        "error_title": "应填整数 whole number",
        "error_message": f"请填 0 至 {column.most} 的整数，不填百分比、小数和单位。\nA whole number from 0 to {column.most}.",
    }


def _write_lists(book: Any, form: Template) -> None:  # noqa: ANN401
    """What may stand in a column, on a hidden sheet: a list inside a rule has at most 255 characters."""
    sheet = book.add_worksheet(_LISTS)
    sheet.hide()
    sheet.protect("")
    for place, column in enumerate(form.columns):
        for row, choice in enumerate(column.choices):
            sheet.write_string(row, place, choice)


def _write_help(book: Any, form: Template) -> None:  # noqa: ANN401
    sheet = book.add_worksheet(_HELP)
    sheet.set_column(0, 0, 90)
    sheet.write_string(0, 0, form.heading.zh, book.add_format({"bold": True, "font_size": 14}))
    sheet.write_string(1, 0, form.heading.en)
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for number, text in enumerate(form.help, start=1):
        sheet.write_string(2 * number + 1, 0, f"{number}. {text.zh}", wrapped)
        sheet.write_string(2 * number + 2, 0, f"    {text.en}", wrapped)
    sheet.protect("")


def _width(form: Template, place: int) -> int:
    """Room for the widest text of a column; a Chinese character takes two."""
    if form.columns[place].kind is CellFormat.NOTE:
        return _WIDEST
    texts = [form.columns[place].title, *(str(line.cells[place] or "") for line in form.lines)]
    widest = max(sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text) for text in texts)
    return min(max(widest + 3, _NARROWEST), _WIDEST)


def _letter(place: int) -> str:
    return chr(ord("A") + place)
