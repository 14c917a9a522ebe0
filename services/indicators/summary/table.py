"""The summary as a table: CSV, NDJSON or a workbook."""

from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from starlette.responses import StreamingResponse

from services.indicators.line_cells import DEADLINE_COLUMNS, LINE_COLUMNS, VALUE_COLUMNS, deadline_cells, line_cells, value_cells
from services.indicators.rendering import line_document
from shared.domain.summary_lines import SummaryLine
from shared.http import representation
from shared.http.tables import CellValue, csv_chunks, ndjson_chunks, table_response
from shared.http.workbooks import workbook_chunks
from shared.reading.reading import Reading
from shared.reading.target_history import TargetHistory
from shared.values.months import month_text

SUMMARY_COLUMNS: Final = (
    *("campaign", "as_of", "definition_version", "month"),
    *LINE_COLUMNS,
    *VALUE_COLUMNS,
    *DEADLINE_COLUMNS,
    "challenged",
)
"""Columns of the CSV; new ones are added at the end."""


async def summary_table(
    format_: representation.Format,
    tag: str,
    reading: Reading,
    history: TargetHistory,
    pages: AsyncIterator[list[SummaryLine]],
    *,
    bom: bool,
    folder: Path | None,
) -> StreamingResponse:
    """Return a table with a row per line; all but a workbook, written in `folder`, is sent page by page."""
    if format_ == "csv":
        chunks = csv_chunks(SUMMARY_COLUMNS, _rows(pages, reading, history), bom=bom)
    elif format_ == "xlsx":
        chunks = await workbook_chunks("指标汇总", SUMMARY_COLUMNS, _rows(pages, reading, history), folder)
    else:
        chunks = ndjson_chunks(_objects(pages, reading, history))
    name = f"{reading.reader.campaign}-v{reading.version}"
    return table_response(format_, f"summary-{name}", f"指标汇总-{name}", tag, chunks)


async def _rows(
    pages: AsyncIterator[list[SummaryLine]], reading: Reading, history: TargetHistory
) -> AsyncIterator[Iterable[Sequence[CellValue]]]:
    async for page in pages:
        yield (_cells(line, reading, history) for line in page)


async def _objects(
    pages: AsyncIterator[list[SummaryLine]], reading: Reading, history: TargetHistory
) -> AsyncIterator[Iterable[dict[str, Any]]]:
    versions = {
        "campaign": reading.reader.campaign,
        "as_of": reading.version,
        "definition_version": reading.definition.version,
    }
    async for page in pages:
        yield (versions | line_document(line, reading.definition, history.deadline(line, line.target)) for line in page)


def _cells(line: SummaryLine, reading: Reading, history: TargetHistory) -> Sequence[CellValue]:
    definition = reading.definition
    return (
        *(reading.reader.campaign, reading.version, definition.version, month_text(line.month)),
        *line_cells(definition, line.indicator.code, line.breakdown),
        *value_cells(line),
        *deadline_cells(history.deadline(line, line.target)),
        line.challenged,
    )
