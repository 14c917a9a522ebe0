"""The summary as a table, CSV or NDJSON: month after month, all at one data version."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from fastapi import Request
from starlette.responses import Response

from services.indicators.facts.rendering import area_names, org_names
from services.indicators.reading import Reading, reading, reading_on
from services.indicators.rendering import line_document
from services.indicators.tables import Cell, csv_pieces, ndjson_pieces, table
from shared import etag, representation
from shared.auth import Principal
from shared.campaign.loaded import LoadedDefinition
from shared.campaign.months import month_text
from shared.domain.lines import Figure, PlannedIndicator
from shared.domain.plan import Plan
from shared.domain.summary import Judged

COLUMNS: Final = (
    *("campaign", "as_of", "definition_version", "month", "indicator", "indicator_zh", "indicator_en"),
    *(
        "area",
        "area_zh",
        "area_en",
        "org",
        "org_zh",
        "org_en",
        "variant",
        "numerator",
        "denominator",
        "scale",
        "value",
        "display",
    ),
    *("unit_zh", "unit_en", "target", "comparator", "due", "status", "status_zh", "status_en", "gap"),
    *("cells_reported", "cells_zero", "cells_missing", "missing_from", "partial_numerator", "partial_denominator"),
    *("provisional", "references", "other_variants"),
)
"""Of the CSV: what is added comes at the end."""
_NOT_BROKEN_DOWN: Final = (None, None, None)


class Asked(NamedTuple):
    """A summary that is wanted as a table."""

    form: representation.Table
    as_of: str | None
    by_area: bool
    by_org: bool
    plans: Callable[[LoadedDefinition], Sequence[Plan]]  # of the months


async def summary_table(request: Request, reader: Principal, asked: Asked) -> Response:
    """The answer; what its first month needs is read before it begins, so that a refusal can still be one."""
    async with reading(request, reader, asked.as_of) as read:
        months = [plan.month for plan in asked.plans(read.loaded)]
        view = (reader.role, reader.org, reader.campaign)
        tag = etag.tag("summary", read.version, *view, months, asked.by_area, asked.by_org, asked.form)
        if same := etag.unchanged(request, tag):
            return same
        first = await read.lines(months[:1], by_area=asked.by_area, by_org=asked.by_org)
    pages = _pages(request, read, asked, months[1:], first)
    pieces = csv_pieces(COLUMNS, _rows(pages, read)) if asked.form == "csv" else ndjson_pieces(_objects(pages, read))
    name = f"{reader.campaign}-v{read.version}"
    return table(asked.form, f"summary-{name}", f"指标汇总-{name}", tag, pieces)


async def _pages(
    request: Request, read: Reading, asked: Asked, months: Iterable[date], first: list[Judged]
) -> AsyncIterator[list[Judged]]:
    """The lines of each month, in a snapshot of its own at the same version."""
    yield first
    for month in months:
        async with reading_on(request, read.reader, read.version) as on:
            lines = await on.lines([month], by_area=asked.by_area, by_org=asked.by_org)
        yield lines


async def _rows(pages: AsyncIterator[list[Judged]], read: Reading) -> AsyncIterator[Iterable[Sequence[Cell]]]:
    async for page in pages:
        yield (_cells(judged, read) for judged in page)


async def _objects(pages: AsyncIterator[list[Judged]], read: Reading) -> AsyncIterator[Iterable[dict[str, Any]]]:
    head = {"campaign": read.reader.campaign, "as_of": read.version, "definition_version": read.loaded.version}
    async for page in pages:
        yield (head | line_document(judged, read.loaded) for judged in page)


def _cells(judged: Judged, read: Reading) -> Sequence[Cell]:
    """One row a line: the figures are those of the variant that decides, the others stand in one cell at the end."""
    loaded, line, target = read.loaded, judged.line, judged.target
    area, org = line.breakdown
    figure = line.deciding
    return (
        read.reader.campaign,
        read.version,
        loaded.version,
        month_text(judged.month),
        *_indicator_names(loaded, line.indicator.code),
        *(area_names(loaded, loaded.area_codes[area]) if area is not None else _NOT_BROKEN_DOWN),
        *(org_names(loaded, org) if org is not None else _NOT_BROKEN_DOWN),
        figure.variant,
        figure.numerator,
        figure.denominator,
        line.indicator.scale,
        figure.value,
        figure.display,
        *_unit(line.indicator),
        target.number if target else None,
        line.indicator.comparator,
        target.due if target else None,
        figure.status,
        figure.status.title_.zh,
        figure.status.title_.en,
        figure.gap,
        line.reported,
        line.zero,
        len(line.missing),
        " ".join(sorted({cell.org for cell in line.missing})),
        *(figure.partial or (None, None)),
        line.provisional,
        " ".join(f"{metric}@{month_text(month)}" for metric, month in line.references),
        " ".join(map(_other, (each for each in line.figures if not each.decides))),
    )


def _other(figure: Figure) -> str:
    return f"{figure.variant}={figure.status if figure.display is None else figure.display}"


def _unit(indicator: PlannedIndicator) -> tuple[str, str]:
    return indicator.unit["zh"], indicator.unit["en"]


@lru_cache(maxsize=4_096)
def _indicator_names(loaded: LoadedDefinition, code: str) -> tuple[str, str, str]:
    title = next(each.title for each in reversed(loaded.definition.indicators) if each.code == code)
    return code, title.zh, title.en
