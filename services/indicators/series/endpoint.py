"""`GET /v1/indicators/{code}/series`: one indicator over time."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from services.indicators.challenged_counts import read_challenged_counts
from services.indicators.line_query import refuse_invisible_line
from services.indicators.series.deadlines import read_deadlines, read_period_values
from services.indicators.series.models import Series
from services.indicators.series.query import SeriesQuery, refuse_missing_breakdown
from services.indicators.series.rendering import gap_document, point_document
from services.indicators.series.table import SERIES_COLUMNS, RequestedSeries, SeriesEntry, series_table
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.campaign.blocks import Indicator
from shared.domain.counts import Breakdown
from shared.domain.deadline import Deadline
from shared.domain.series.additions import Addition, Revision, compute_addition
from shared.domain.series.period_values import PeriodValue
from shared.domain.series.periods import Period, periods_in_range
from shared.http import etag, representation
from shared.http.json_response import JsonResponse
from shared.problems import FutureVersion, MonthNotOpen, NotFound, problems
from shared.reading.reading import Reading, open_reading
from shared.reading.revisions import read_revisions
from shared.values.months import month_of, month_range
from shared.vocabulary import SeriesGap

router = APIRouter(tags=["indicators"])
_Values = Mapping[Period, PeriodValue | SeriesGap]


@router.get(
    "/v1/indicators/{code}/series",
    response_model=Series,
    responses=representation.csv_response(SERIES_COLUMNS) | problems(FutureVersion, MonthNotOpen),
)
async def get_series(
    request: Request,
    service: ServiceDep,
    code: Annotated[str, Path(max_length=63, description="Indicator code.", examples=["pon_10g_share"])],
    query: Annotated[SeriesQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("get_series"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Get an indicator's time series.

    Returns one indicator by month or quarter as of one data version, with net additions and the reasons where they cannot be
    calculated.

    A net addition is null if the earlier period was corrected, or if the counting method or the reporting organisations changed
    in between. Gaps are never filled. Carriers and subdistrict offices may read the series of their own organisation or
    subdistrict. CSV has one row per period, including periods without a value.
    """
    format_ = representation.requested_format(request, query.format)
    async with open_reading(service, reader, query.as_of) as reading:
        definition = reading.definition
        breakdown = query.breakdown(definition)
        refuse_invisible_line(reader, definition, breakdown)
        blocks = [block for block in definition.indicators if block.code == code]
        if not blocks:
            raise NotFound(f"没有评价指标 {code}。", f"There is no indicator {code}.")
        refuse_missing_breakdown(query, definition, blocks)
        periods = await _open_periods(reading, query)
        view = (reading.version, reader.role, reader.org, reader.campaign)
        period_texts = [period.text for period in periods]
        tag = etag.entity_tag("series", *view, code, period_texts, query.step, query.area, query.org, format_, query.bom)
        if not_modified := etag.not_modified(request, tag):
            return not_modified
        values = await _values(reading, code, periods, breakdown)
        revisions = await _revisions(reading, periods, values)
        deadlines = await read_deadlines(reading, query.step, [value for period in periods if (value := values.get(period))])
    entries = [_entry(period, values, revisions, deadlines.get(period)) for period in periods]
    if format_ != "json":
        return series_table(tag, RequestedSeries(reading, code, breakdown), entries, bom=query.bom)
    document = {
        "campaign": reader.campaign,
        "data_version": reading.version,
        "definition_version": definition.version,
        "indicator": code,
        "title": _latest_block(blocks, periods).title.model_dump(),
        "step": query.step,
        "area": None if breakdown.area is None else definition.area_codes[breakdown.area],
        "org": breakdown.org,
        "points": [point_document(entry.value, entry.additions, definition, entry.deadline) for entry in entries if entry.value],
        "gaps": [gap_document(entry.period, entry.gap) for entry in entries if entry.gap],
    }
    return JsonResponse(document, headers=etag.cache_headers(tag))


async def _open_periods(reading: Reading, query: SeriesQuery) -> list[Period]:
    """Return the requested periods whose months are all open. Raises MonthNotOpen if no month of the range is."""
    months = month_range(month_of(query.from_), month_of(query.to))
    opened = await reading.open_months(months)
    if not opened:
        raise await reading.month_not_open(months)
    return periods_in_range(opened[0], opened[-1], query.step)


async def _values(reading: Reading, code: str, periods: Sequence[Period], breakdown: Breakdown) -> _Values:
    """Read and compute the values of the requested periods and of those that they are compared with."""
    computed = list(
        dict.fromkeys(compared for period in periods for compared in (period, period.previous(), period.previous_year_end()))
    )
    return await read_period_values(reading, code, computed, breakdown, await read_challenged_counts(reading))


async def _revisions(reading: Reading, periods: Sequence[Period], values: _Values) -> list[Revision]:
    """Read the corrections between the requested periods and those that they are compared with."""
    requested = [value for period in periods if isinstance(value := values[period], PeriodValue)]
    pairs = dict.fromkeys(
        (base.last, value.period.last)
        for value in requested
        for base in (value.period.previous(), value.period.previous_year_end())
    )
    return await read_revisions(reading, pairs, requested)


def _entry(period: Period, values: _Values, revisions: Sequence[Revision], deadline: Deadline | None) -> SeriesEntry:
    value = values[period]
    if not isinstance(value, PeriodValue):
        return SeriesEntry(period, None, {}, value, None)

    def addition_since(earlier: Period) -> Addition:
        base = values[earlier]
        return compute_addition(earlier, base if isinstance(base, PeriodValue) else None, value, revisions)

    additions = {
        "net_addition": addition_since(period.previous()),
        "since_year_end": addition_since(period.previous_year_end()),
    }
    return SeriesEntry(period, value, additions, value.gap, deadline)


def _latest_block(blocks: Sequence[Indicator], periods: Sequence[Period]) -> Indicator:
    """Return the block in force in the last period, or the first block if there is none."""
    in_force = (block for block in reversed(blocks) if block.from_ is None or (periods and block.from_ <= periods[-1].last))
    return next(in_force, blocks[0])
