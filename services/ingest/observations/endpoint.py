"""`GET /v1/observations`: stored counts as of a data version."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Annotated, Any, NamedTuple, Self

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from services.ingest.observations import reader as count_reader
from services.ingest.observations.models import ObservationPage
from services.ingest.observations.reader import CountFilter, CountReader, CountRecord, CountRecordKey
from services.ingest.observations.rendering import COUNT_COLUMNS, count_cells, count_document, count_line
from shared.access.dependencies import Authorized, Service, ServiceDep
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.domain.visibility import CARRIERS_AND_STREETS, visible_counts
from shared.http import attachment, etag, paging, representation
from shared.http.json_response import JsonResponse
from shared.http.paging import PageQuery
from shared.http.query_codes import value_for_code
from shared.http.tables import CellValue, csv_chunks, ndjson_chunks, table_response
from shared.problems import (
    Forbidden,
    FutureVersion,
    problems,
)
from shared.reading.reading import AsOf, Reading, open_reading
from shared.values.field_error import FieldValueError
from shared.values.fields import AreaParameter, CodeParameter
from shared.values.media_types import NDJSON
from shared.values.months import MonthParameter, month_of

router = APIRouter(tags=["observations"])
_CURSOR_TYPES = [int, int, str, str, int, int]  # data version, total, key of the last count


class ObservationFilters(BaseModel):
    """Filters and data version of a list of counts."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    month: MonthParameter | None = Field(default=None, description="Month; defaults to all months or the range.")
    from_: MonthParameter | None = Field(
        default=None, alias="from", description="First month, with or without `to`; defaults to the first with counts."
    )
    to: MonthParameter | None = Field(
        default=None, description="Last month, with or without `from`; defaults to the last with counts."
    )
    org: CodeParameter | None = Field(
        default=None,
        description="Reporting organisation; `*` for counts derived from the registers of several organisations.",
    )
    metric: CodeParameter | None = Field(default=None, description="Metric code.")
    area: AreaParameter | None = Field(default=None, description="Area code.")
    as_of: AsOf = None

    @model_validator(mode="after")
    def _check_months(self) -> Self:
        if self.month and (self.from_ or self.to):
            raise FieldValueError(
                "请指定 month，或指定 from 和 to", "give either `month` or `from` and `to`", "month", "from", "to"
            )
        if self.from_ and self.to and self.from_ > self.to:
            raise FieldValueError("from 不得晚于 to", "`from` must not be after `to`", "from", "to")
        return self

    @property
    def text(self) -> str:
        """The filters as text, without the position: what a cursor belongs to."""
        return f"list_observations {self.month} {self.from_} {self.to} {self.org} {self.metric} {self.area} {self.as_of}"

    def count_filter(self, definition: AppliedDefinition) -> CountFilter:
        """Return the filters with the numbers of their codes. Raises Schema for codes that the campaign lacks."""
        orgs = {EVERYBODY, *definition.org_codes}
        first, last = self.month or self.from_, self.month or self.to
        return CountFilter(
            first=month_of(first) if first else None,
            last=month_of(last) if last else None,
            org=value_for_code("org", self.org, {code: code for code in orgs}),
            metric=value_for_code("metric", self.metric, definition.metric_numbers),
            area=value_for_code("area", self.area, definition.area_numbers),
        )


class ObservationsQuery(ObservationFilters, PageQuery):
    """Filters, data version and format of a list of counts."""


class _Position(NamedTuple):
    """The position of a JSON page, from the cursor of the page before."""

    version: int
    total: int
    after: CountRecordKey


def _decode_position(query: ObservationsQuery) -> _Position | None:
    """Return the position in the cursor, if there is one. Raises Schema for another query's cursor."""
    if query.next is None:
        return None
    version, total, org, month, metric, area = paging.decode_cursor(query.text, query.next, _CURSOR_TYPES)
    try:
        after = CountRecordKey(str(org), date.fromisoformat(str(month)), int(metric), int(area))
    except ValueError:
        raise paging.invalid_cursor() from None
    return _Position(int(version), int(total), after)


@router.get(
    "/v1/observations",
    response_model=ObservationPage,
    responses=representation.csv_response(COUNT_COLUMNS) | problems(FutureVersion),
)
async def list_observations(
    request: Request,
    service: ServiceDep,
    query: Annotated[ObservationsQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_observations"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """List counts as of a data version.

    Returns the counts as of one data version, each with its import, as pages of JSON or as a complete CSV table.

    Later pages and tables keep the data version of their beginning, whatever is pushed meanwhile; later JSON pages of
    carriers and subdistrict offices are of the latest version instead. Carriers see their own counts and the reference counts
    that their lines use, subdistrict offices their own counts and those of their subdistrict.
    """
    format_ = representation.requested_format(request, query.format)
    if format_ != "json":
        query.refuse_paging()
    position = _decode_position(query)
    async with _open_reading(service, reader, query, position) as reading:
        view = (reading.version, reader.role, reader.org, reader.campaign)
        tag = etag.entity_tag("observations", *view, query.text, query.limit, query.next, format_, query.bom)
        if not_modified := etag.not_modified(request, tag):
            return not_modified
        counts = _count_reader(reading, query)
        if format_ == "json":
            return JsonResponse(await _page(reading, counts, query, position), headers=etag.cache_headers(tag))
        first = await counts.read_page(reading, None, count_reader.PAGE_ROWS)
    pages = counts.read_following(service, reading, first)
    return _table("csv", reading, tag, csv_chunks(COUNT_COLUMNS, _rows(pages, reading), bom=query.bom))


@router.get(
    "/v1/observations/observations.ndjson",
    response_class=Response,
    responses=attachment.file_response(NDJSON) | problems(FutureVersion),
)
async def get_observations_ndjson(
    request: Request,
    service: ServiceDep,
    query: Annotated[ObservationFilters, Query()],
    reader: Annotated[Principal, Depends(Authorized("get_observations_ndjson"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Download the counts as NDJSON.

    Returns all counts of `/v1/observations`, each as a line that contains a JSON object.
    """
    async with open_reading(service, reader, query.as_of) as reading:
        view = (reading.version, reader.role, reader.org, reader.campaign)
        tag = etag.entity_tag("observations.ndjson", *view, query.text)
        if not_modified := etag.not_modified(request, tag):
            return not_modified
        counts = _count_reader(reading, query)
        first = await counts.read_page(reading, None, count_reader.PAGE_ROWS)
    pages = counts.read_following(service, reading, first)
    return _table("ndjson", reading, tag, ndjson_chunks(_lines(pages, reading)))


def _count_reader(reading: Reading, query: ObservationFilters) -> CountReader:
    """Return the reader of the requested counts. Raises Forbidden for an organisation whose counts the caller may not read."""
    reader = reading.reader
    visible = visible_counts(reader.role, reader.org, reading.definition)
    count_filter = query.count_filter(reading.definition)
    if query.org and query.org not in visible.orgs:
        raise Forbidden("只能查看本单位的数据。", "You may read only the counts of your own organisation.")
    return CountReader(count_filter, visible)


def _table(format_: representation.Format, reading: Reading, tag: str, chunks: AsyncIterator[bytes]) -> Response:
    name = f"{reading.reader.campaign}-v{reading.version}"
    return table_response(format_, f"observations-{name}", f"填报数据-{name}", tag, chunks)


def _open_reading(
    service: Service, reader: Principal, query: ObservationsQuery, position: _Position | None
) -> AbstractAsyncContextManager[Reading]:
    """Open the version in the cursor; for carriers and subdistrict offices, which may not choose one, the latest.

    Cursors can be forged, and a forged version would show those roles what has changed since.
    """
    keeps_version = position is not None and reader.role not in CARRIERS_AND_STREETS
    return open_reading(service, reader, str(position.version) if position and keeps_version else query.as_of)


async def _page(reading: Reading, counts: CountReader, query: ObservationsQuery, position: _Position | None) -> dict[str, Any]:
    records = await counts.read_page(reading, position.after if position else None, query.limit + 1)
    same_version = position is not None and position.version == reading.version
    total = position.total if position and same_version else await counts.read_total(reading)
    page = records[: query.limit]
    cursor = None
    if len(records) > len(page):
        org, month, metric, area = page[-1].key
        cursor = paging.encode_cursor(query.text, [reading.version, total, org, month.isoformat(), metric, area])
    return {
        "items": [count_document(record, reading.definition) for record in page],
        "next": cursor,
        "total": total,
        "campaign": reading.reader.campaign,
        "data_version": reading.version,
        "definition_version": reading.definition.version,
    }


async def _rows(pages: AsyncIterator[list[CountRecord]], reading: Reading) -> AsyncIterator[Iterable[Sequence[CellValue]]]:
    async for page in pages:
        yield (count_cells(record, reading.definition, reading.version) for record in page)


async def _lines(pages: AsyncIterator[list[CountRecord]], reading: Reading) -> AsyncIterator[Iterable[dict[str, Any]]]:
    async for page in pages:
        yield (count_line(record, reading.definition, reading.version) for record in page)
