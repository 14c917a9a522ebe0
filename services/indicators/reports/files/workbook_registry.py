"""The sheets of a report's workbook on tasks, difficulties, action items and challenges."""

from typing import Final

from services.indicators.reports.files import registry_tables as tables
from services.indicators.reports.files.registry_tables import LateCell, RegistryCell, RegistryTable
from services.indicators.reports.files.workbook_writer import ReportSheet, ReportWorkbook, StyledCell, TableColumn, WorkbookValue

_TEXT_COLUMNS: Final = 6  # that a text spans
_NARROWEST: Final = 12


def write_tasks(book: ReportWorkbook) -> None:
    """Write the plan's tasks, those that are overdue or at risk, and what was reviewed."""
    if not book.report.content["tasks"]:
        return
    sheet = book.sheet("重点任务", "重点任务进展")
    write_table(sheet, tables.task_table(book.report))
    for table in (tables.attention_table(book.report), tables.review_table(book.report)):
        if table.rows:
            sheet.text(f"{table.zh} {table.en}", _TEXT_COLUMNS)
            write_table(sheet, table)


def write_items(book: ReportWorkbook) -> None:
    """Write a sheet for each kind of item that is unfinished or new."""
    kinds = {
        "difficulties": ("具体困难", tables.difficulty_table),
        "action_items": ("督办事项", tables.action_item_table),
        "challenges": ("数据质疑", tables.challenge_table),
    }
    for name, (title, listed) in kinds.items():
        section = book.report.content[name]
        if not section["items"]:
            continue
        sheet = book.sheet(title, title)
        table = listed(book.report)
        write_table(sheet, table, of=sum(section["totals"][name] for name in ("unfinished", "resolved", "ended")))
        by_organisation = tables.organisation_items_table(book.report, name)
        sheet.text(f"{by_organisation.zh} {by_organisation.en}", _TEXT_COLUMNS)
        write_table(sheet, by_organisation)


def write_table(sheet: ReportSheet, table: RegistryTable, of: int | None = None) -> None:
    """Write a table below the previous content; `of` is the number of rows that it would have in full."""
    columns = [TableColumn(column.zh, column.en, column.cells, max(column.width, _NARROWEST)) for column in table.columns]
    sheet.table(columns, [[_cell(cell, column) for cell, column in zip(row, columns, strict=True)] for row in table.rows])
    shown = len(table.rows)
    if of is not None and of > shown:
        sheet.text(f"共{of}项，上表列出前{shown}项。 The first {shown} of {of} are listed.", _TEXT_COLUMNS)


def _cell(cell: RegistryCell, column: TableColumn) -> WorkbookValue | StyledCell:
    if isinstance(cell, LateCell):
        return StyledCell(cell.value, "late" if isinstance(cell.value, str) else "not_met")
    return StyledCell(cell, "text") if isinstance(cell, str) and column.style != "text" else cell
