"""A series as a CSV table, with a row for each period, gaps included."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from starlette.responses import StreamingResponse

from services.indicators.line_cells import DEADLINE_COLUMNS, LINE_COLUMNS, VALUE_COLUMNS, deadline_cells, line_cells, value_cells
from services.indicators.series.rendering import addition_document
from shared.domain.counts import Breakdown
from shared.domain.deadline import Deadline
from shared.domain.series.additions import Addition
from shared.domain.series.period_values import PeriodValue
from shared.domain.series.periods import Period
from shared.http.tables import CellValue, csv_chunks, single_page, table_response
from shared.reading.reading import Reading
from shared.values.months import month_text
from shared.vocabulary import SeriesGap

_ADDITIONS: Final = ("net_addition", "since_year_end")
_DIFFERENCES: Final = ("numerator", "denominator", "value")
SERIES_COLUMNS: Final = (
    *("campaign", "as_of", "definition_version", "period", "month", *LINE_COLUMNS, *VALUE_COLUMNS, *DEADLINE_COLUMNS),
    *(f"{addition}_{part}" for addition in _ADDITIONS for part in ("since", *_DIFFERENCES, "display", "breaks")),
    *("no_value", "no_value_zh", "no_value_en", "challenged"),
)
"""Columns of the CSV; new ones are added at the end."""


class RequestedSeries(NamedTuple):
    """The data, indicator and breakdown of a series."""

    reading: Reading
    indicator: str
    breakdown: Breakdown


class SeriesEntry(NamedTuple):
    """One requested period."""

    period: Period
    value: PeriodValue | None  # None: the period has no such line
    additions: Mapping[str, Addition]
    gap: SeriesGap | None  # why there is no value
    deadline: Deadline | None


def series_table(tag: str, series: RequestedSeries, entries: Sequence[SeriesEntry], *, bom: bool) -> StreamingResponse:
    """Return a table of one page."""
    chunks = csv_chunks(SERIES_COLUMNS, single_page(_cells(series, entry) for entry in entries), bom=bom)
    name = f"{series.indicator}-{series.reading.reader.campaign}-v{series.reading.version}"
    return table_response("csv", f"series-{name}", f"指标序列-{name}", tag, chunks)


def _cells(series: RequestedSeries, entry: SeriesEntry) -> Sequence[CellValue]:
    reading, period, gap = series.reading, entry.period, entry.gap
    return (
        *(reading.reader.campaign, reading.version, reading.definition.version, period.text, month_text(period.last)),
        *line_cells(reading.definition, series.indicator, series.breakdown),
        *(value_cells(entry.value.line) if entry.value else [None] * len(VALUE_COLUMNS)),
        *deadline_cells(entry.deadline),
        *(cell for addition in _ADDITIONS for cell in _addition_cells(series, entry, addition)),
        *((gap, gap.title_.zh, gap.title_.en) if gap else (None, None, None)),
        entry.value.line.challenged if entry.value else None,
    )


def _addition_cells(series: RequestedSeries, entry: SeriesEntry, name: str) -> Sequence[CellValue]:
    """Return the cells of an addition; its breaks share one cell, each with kind and metric, as `revision:fbb_subs_total`."""
    if entry.value is None:
        return [None] * (len(_DIFFERENCES) + 3)
    addition = addition_document(entry.additions[name], series.reading.definition)
    breaks = (":".join(filter(None, (found["kind"], found["metric"]))) for found in addition["breaks"])
    display = addition["display"] and addition["display"].removeprefix("+")  # a spreadsheet reads a signed number as text
    return (addition["since"], *(addition[part] for part in _DIFFERENCES), display, " ".join(breaks))
