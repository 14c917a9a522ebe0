"""A series as a table, CSV or NDJSON: a row a period, gaps among them."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from starlette.responses import StreamingResponse

from services.indicators.line_cells import LINE_COLUMNS, VALUE_COLUMNS, line_cells, value_cells
from services.indicators.series.additions import Addition
from services.indicators.series.figures import PeriodFigure
from services.indicators.series.models import SeriesPoint
from services.indicators.series.periods import Period
from services.indicators.series.rendering import addition_document, gap_document, point_document
from services.indicators.tables import CellValue, csv_chunks, ndjson_chunks, table_response
from shared.campaign.applied import AppliedDefinition
from shared.domain.counts import Breakdown
from shared.http import representation
from shared.values.months import month_text
from shared.vocabulary import SeriesGap

_ADDITIONS: Final = ("net_addition", "since_year_end")
_NUMBERS: Final = ("numerator", "denominator", "value")
COLUMNS: Final = (
    *("campaign", "as_of", "definition_version", "period", "month", *LINE_COLUMNS, *VALUE_COLUMNS),
    *(f"{which}_{part}" for which in _ADDITIONS for part in ("since", *_NUMBERS, "display", "breaks")),
    *("no_value", "no_value_zh", "no_value_en"),
)
"""Of the CSV: what is added comes at the end."""

Page = TypeVar("Page")


class Line(NamedTuple):
    """Which series it is."""

    campaign: str
    version: int
    definition: AppliedDefinition
    indicator: str
    within: Breakdown


class Entry(NamedTuple):
    """A period that was asked for."""

    period: Period
    figure: PeriodFigure | None  # None: there is no such line in the period
    additions: Mapping[str, Addition]
    gap: SeriesGap | None  # why there is no value


def series_table(form: representation.TableFormat, tag: str, line: Line, entries: Sequence[Entry]) -> StreamingResponse:
    """The answer: at most as many rows as a series has periods."""
    if form == "csv":
        pieces = csv_chunks(COLUMNS, _one(_cells(line, entry) for entry in entries))
    else:
        pieces = ndjson_chunks(_one(_object(line, entry) for entry in entries))
    name = f"{line.indicator}-{line.campaign}-v{line.version}"
    return table_response(form, f"series-{name}", f"指标序列-{name}", tag, pieces)


async def _one(page: Iterator[Page]) -> AsyncIterator[Iterator[Page]]:
    yield page


def _object(line: Line, entry: Entry) -> dict[str, Any]:
    """The point as JSON has it, with the gap in it; a period without a line has only its place."""
    definition, (area, org) = line.definition, line.within
    place = {
        "period": entry.period.text,
        "indicator": line.indicator,
        "month": month_text(entry.period.last),
        "area": None if area is None else definition.area_codes[area],
        "org": org,
    }
    point = point_document(entry.figure, entry.additions, definition) if entry.figure else dict.fromkeys(SeriesPoint.model_fields)
    head = {"campaign": line.campaign, "as_of": line.version, "definition_version": definition.version}
    gap = gap_document(entry.period, entry.gap) if entry.gap else None
    return {**head, **point, **place, "no_value": gap and {"kind": gap["kind"], "text": gap["text"]}}


def _cells(line: Line, entry: Entry) -> Sequence[CellValue]:
    period, gap = entry.period, entry.gap
    return (
        *(line.campaign, line.version, line.definition.version, period.text, month_text(period.last)),
        *line_cells(line.definition, line.indicator, line.within),
        *(value_cells(entry.figure.line) if entry.figure else [None] * len(VALUE_COLUMNS)),
        *(cell for which in _ADDITIONS for cell in _addition_cells(line, entry, which)),
        *((gap, gap.title_.zh, gap.title_.en) if gap else (None, None, None)),
    )


def _addition_cells(line: Line, entry: Entry, which: str) -> Sequence[CellValue]:
    """What stands between stands in one cell: its kind and the metric it concerns, `revision:fbb_subs_total`."""
    if entry.figure is None:
        return [None] * (len(_NUMBERS) + 3)
    addition = addition_document(entry.additions[which], entry.figure.line.indicator.decimals, line.definition)
    breaks = (":".join(filter(None, (each["kind"], each["metric"]))) for each in addition["breaks"])
    display = addition["display"] and addition["display"].removeprefix("+")  # with its sign it would be a text, not a number
    return (addition["since"], *(addition[part] for part in _NUMBERS), display, " ".join(breaks))
