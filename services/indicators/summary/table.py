"""The summary as a table, CSV or NDJSON: month after month, all at one data version."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from fastapi import Request
from starlette.responses import Response

from services.indicators.line_cells import FIGURES, PLACE, figure_cells, place_cells
from services.indicators.reading import Reading, open_reading, open_reading_at
from services.indicators.rendering import line_document
from services.indicators.tables import Cell, csv_pieces, ndjson_pieces, table
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.domain.summary_lines import SummaryLine
from shared.domain.summary_plan import MonthPlan
from shared.http import etag, representation
from shared.values.months import month_text

COLUMNS: Final = ("campaign", "as_of", "definition_version", "month", *PLACE, *FIGURES)
"""Of the CSV: what is added comes at the end."""


class Asked(NamedTuple):
    """A summary that is wanted as a table."""

    form: representation.TableFormat
    as_of: str | None
    by_area: bool
    by_org: bool
    plans: Callable[[AppliedDefinition], Sequence[MonthPlan]]  # of the months


async def summary_table(request: Request, reader: Principal, asked: Asked) -> Response:
    """The answer; what its first month needs is read before it begins, so that a refusal can still be one."""
    async with open_reading(request.app.state.service, reader, asked.as_of) as read:
        months = [plan.month for plan in asked.plans(read.definition)]
        view = (reader.role, reader.org, reader.campaign)
        tag = etag.entity_tag("summary", read.version, *view, months, asked.by_area, asked.by_org, asked.form)
        if same := etag.not_modified(request, tag):
            return same
        first = await read.read_lines(months[:1], by_area=asked.by_area, by_org=asked.by_org)
    pages = _pages(request, read, asked, months[1:], first)
    pieces = csv_pieces(COLUMNS, _rows(pages, read)) if asked.form == "csv" else ndjson_pieces(_objects(pages, read))
    name = f"{reader.campaign}-v{read.version}"
    return table(asked.form, f"summary-{name}", f"指标汇总-{name}", tag, pieces)


async def _pages(
    request: Request, read: Reading, asked: Asked, months: Iterable[date], first: list[SummaryLine]
) -> AsyncIterator[list[SummaryLine]]:
    """The lines of each month, in a snapshot of its own at the same version."""
    yield first
    for month in months:
        async with open_reading_at(request.app.state.service, read.reader, read.version) as on:
            lines = await on.read_lines([month], by_area=asked.by_area, by_org=asked.by_org)
        yield lines


async def _rows(pages: AsyncIterator[list[SummaryLine]], read: Reading) -> AsyncIterator[Iterable[Sequence[Cell]]]:
    async for page in pages:
        yield (_cells(line, read) for line in page)


async def _objects(pages: AsyncIterator[list[SummaryLine]], read: Reading) -> AsyncIterator[Iterable[dict[str, Any]]]:
    head = {"campaign": read.reader.campaign, "as_of": read.version, "definition_version": read.definition.version}
    async for page in pages:
        yield (head | line_document(line, read.definition) for line in page)


def _cells(line: SummaryLine, read: Reading) -> Sequence[Cell]:
    head = (read.reader.campaign, read.version, read.definition.version, month_text(line.month))
    return (*head, *place_cells(read.definition, line.indicator.code, line.breakdown), *figure_cells(line))
