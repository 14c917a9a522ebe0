"""The sections on tasks, difficulties, action items and challenges of a report's Word document."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from services.indicators.reports.files import registry_tables as tables
from services.indicators.reports.files.registry_tables import LateCell, RegistryCell, RegistryColumn, RegistryTable
from services.indicators.reports.files.registry_wording import (
    ACTION_ITEM_WORDS,
    CHALLENGE_WORDS,
    DIFFICULTY_WORDS,
    ItemWords,
    challenged_zh,
    reviews_zh,
    since_zh,
    statuses_zh,
)
from services.indicators.reports.files.word_document import WordBlocks, WordParagraph, WordTable
from services.indicators.reports.files.wording import NO_VALUE, ROWS_MAX, ROWS_ON_ONE_PAGE, ReportText
from shared.values.months import day_zh, month_text


def registry_overview(report: ReportText) -> WordBlocks:
    """Yield what is being moved forward in one paragraph, and which indicators read challenged counts."""
    content = report.content
    parts = [f"重点任务分解到责任单位的{assignments}项中，{statuses_zh(report)}"] if (assignments := _assignments(report)) else []
    parts += [words.unfinished_zh(content[name]["totals"]) for name, words in _WORDS.items()]
    if parts := list(filter(None, parts)):
        yield WordParagraph(f"截至{day_zh(report.issued_on)}，{'；'.join(parts)}。")
    if challenged := challenged_zh(report):
        yield WordParagraph(f"下列指标所依据的数据正在质疑处理中，裁定前数值不作调整：{challenged}。")


def task_section(report: ReportText) -> WordBlocks:
    """Yield the status of the tasks; nothing if the campaign has none."""
    all_tasks = report.content["tasks"]
    if not all_tasks:
        return
    yield WordParagraph(
        f"重点任务{len(all_tasks)}项，分解到责任单位共{_assignments(report)}项。截至{day_zh(report.issued_on)}，{statuses_zh(report)}。"
        "指标达标不等于任务完成，任务完成以验收通过为准。"
    )
    yield from _table(report, tables.task_table(report))
    yield from _table(report, tables.attention_table(report))
    if reviews := reviews_zh(report):
        yield WordParagraph(f"{since_zh(report)}，{reviews}。")
        yield from _table(report, tables.review_table(report))


def case_blocks(report: ReportText) -> WordBlocks:
    """Yield the approved cases, and the cases by state."""
    yield from _table(report, tables.case_table(report))
    yield from _table(report, tables.case_state_table(report))


def difficulty_section(report: ReportText) -> WordBlocks:
    """Yield the difficulties; nothing if none is unfinished or new."""
    yield from _item_section(report, "difficulties", tables.difficulty_table(report))


def action_item_section(report: ReportText) -> WordBlocks:
    """Yield the action items; nothing if none is unfinished or new."""
    yield from _item_section(report, "action_items", tables.action_item_table(report))


def challenge_section(report: ReportText) -> WordBlocks:
    """Yield the challenges; nothing if none is undecided or new."""
    yield from _item_section(report, "challenges", tables.challenge_table(report))


_WORDS: Final[Mapping[str, ItemWords]] = {
    "difficulties": DIFFICULTY_WORDS,
    "action_items": ACTION_ITEM_WORDS,
    "challenges": CHALLENGE_WORDS,
}


def _assignments(report: ReportText) -> int:
    return sum(len(task["assignments"]) for task in report.content["tasks"])


def _item_section(report: ReportText, name: str, listed: RegistryTable) -> WordBlocks:
    section = report.content[name]
    if not section["items"]:
        return
    yield WordParagraph(_WORDS[name].totals_zh(report, section["totals"]))
    yield from _table(report, tables.organisation_items_table(report, name))
    yield from _table(report, listed)


def _table(report: ReportText, table: RegistryTable) -> WordBlocks:
    """Yield a table, of which the first rows are printed; nothing if it has none."""
    if not table.rows:
        return
    if len(table.rows) > ROWS_MAX:
        yield WordParagraph(f"下表列出前{ROWS_MAX}项，其余见月报工作簿。")
    left = frozenset(index for index, column in enumerate(table.columns) if column.left)
    yield WordTable(
        table.zh,
        [column.zh for column in table.columns],
        [[_text(report, *cell) for cell in zip(row, table.columns, strict=True)] for row in table.rows[:ROWS_MAX]],
        [column.width for column in table.columns],
        left,
        whole=not left and len(table.rows) <= ROWS_ON_ONE_PAGE,
    )


def _text(report: ReportText, cell: RegistryCell, column: RegistryColumn) -> str:
    match cell:
        case None:
            return NO_VALUE
        case LateCell(value):
            return _text(report, value, column)
        case int():
            return f"{cell:,}"
        case date():
            return report.month(month_text(cell)) if column.cells == "month" else report.day(cell)
        case _:
            return cell
