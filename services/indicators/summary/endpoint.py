"""`GET /v1/summary`: every indicator, by month, area and organisation."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Annotated, Final, Literal, Self

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from services.indicators.challenged_counts import read_challenged_counts
from services.indicators.models import GroupBy, Summary
from services.indicators.rendering import line_document
from services.indicators.summary.table import SUMMARY_COLUMNS, summary_table
from services.indicators.targets.parameters import IndicatorCode
from shared.access.dependencies import Authorized, Service, ServiceDep
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.clock import Clock
from shared.domain.counts import CountPlace
from shared.domain.summary_lines import SummaryLine
from shared.http import attachment, etag, representation
from shared.http.json_response import JsonResponse
from shared.http.paging import TableQuery
from shared.http.query_codes import refuse_unknown_code
from shared.problems import FutureVersion, MonthNotOpen, problems
from shared.reading.reading import AsOf, Reading, open_reading, open_reading_at
from shared.reading.target_history import TargetHistory, read_target_history
from shared.values.field_error import FieldValueError
from shared.values.fields import AreaParameter, CodeParameter
from shared.values.months import MonthParameter, month_of, month_range

SUMMARY_MONTHS_MAX = 36

router = APIRouter(tags=["summary"])
_FILES: Final[Mapping[Literal["ndjson", "xlsx"], str]] = {"ndjson": "NDJSON", "xlsx": "a workbook"}


class SummaryFilters(BaseModel):
    """Months, breakdown and data version of a summary."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    month: MonthParameter | None = Field(default=None, description="Defaults to the latest month whose due date has passed.")
    from_: MonthParameter | None = Field(default=None, alias="from", description="First month of a range; requires `to`.")
    to: MonthParameter | None = Field(default=None, description=f"Last month of a range of at most {SUMMARY_MONTHS_MAX} months.")
    group_by: GroupBy = None
    indicator: IndicatorCode = None
    area: AreaParameter | None = Field(default=None, description="Only lines of this area; requires `group_by` with `area`.")
    org: CodeParameter | None = Field(
        default=None, description="Only lines of this organisation; requires `group_by` with `org`."
    )
    as_of: AsOf = None

    @model_validator(mode="after")
    def _check_months(self) -> Self:
        if (self.from_ is None) != (self.to is None) or (self.month and self.from_):
            raise FieldValueError(
                "请指定 month，或同时指定 from 和 to", "give either `month` or both `from` and `to`", "month", "from", "to"
            )
        if self.from_ and self.to and not 0 < len(self._range()) <= SUMMARY_MONTHS_MAX:
            raise FieldValueError(
                f"from 不得晚于 to，跨度不超过 {SUMMARY_MONTHS_MAX} 个月",
                f"`from` must not be after `to`; the range must not exceed {SUMMARY_MONTHS_MAX} months",
                "from",
                "to",
            )
        return self

    @model_validator(mode="after")
    def _check_filters(self) -> Self:
        for name, grouped in (("area", self.by_area), ("org", self.by_org)):
            if getattr(self, name) is not None and not grouped:
                raise FieldValueError(
                    f"{name} 须与含 {name} 的 group_by 同用", f"`{name}` requires `group_by` with `{name}`", name
                )
        return self

    @property
    def by_area(self) -> bool:
        """True if the lines are broken down by area."""
        return "area" in (self.group_by or "")

    @property
    def by_org(self) -> bool:
        """True if the lines are broken down by organisation."""
        return "org" in (self.group_by or "")

    def months(self, definition: AppliedDefinition, clock: Clock) -> list[date]:
        """Return the requested months, in order."""
        if self.from_:
            return self._range()
        if self.month:
            return [month_of(self.month)]
        return [definition.calendar.latest_due(clock.today(definition.campaign.timezone))]

    def refuse_unknown_codes(self, definition: AppliedDefinition) -> None:
        """Raise Schema for codes that the campaign lacks."""
        refuse_unknown_code("indicator", self.indicator, (indicator.code for indicator in definition.indicators))
        refuse_unknown_code("area", self.area, definition.area_numbers)
        refuse_unknown_code("org", self.org, definition.org_codes)

    def select(self, lines: Iterable[SummaryLine], definition: AppliedDefinition) -> list[SummaryLine]:
        """Return the lines that pass the filters."""
        area = None if self.area is None else definition.area_numbers[self.area]
        return [
            line
            for line in lines
            if self.indicator in (None, line.indicator.code)
            and area in (None, line.breakdown.area)
            and self.org in (None, line.breakdown.org)
        ]

    def _range(self) -> list[date]:
        return month_range(month_of(self.from_), month_of(self.to))


class SummaryQuery(SummaryFilters, TableQuery):
    """Months, breakdown, data version and format of a summary."""


@router.get(
    "/v1/summary",
    response_model=Summary,
    responses=representation.csv_response(SUMMARY_COLUMNS) | problems(FutureVersion, MonthNotOpen),
)
async def get_summary(
    request: Request,
    service: ServiceDep,
    query: Annotated[SummaryQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("get_summary"))],
    _if_none_match: etag.IfNoneMatch = None,  # for the OpenAPI files; `not_modified` reads the header
) -> Response:
    """Get the summary.

    Returns every indicator for the requested months and breakdown as of one data version, as JSON or CSV.

    Carriers see the lines of their own organisation (`group_by=org`), subdistrict offices those of their subdistrict
    (`group_by=area`). Without `group_by`, the lines cover the whole campaign; these roles cannot read them, and `lines` is empty.
    CSV has one row per line.
    """
    format_ = representation.requested_format(request, query.format)
    return await _respond(request, service, query, reader, format_, bom=query.bom)


def _file_endpoint(ending: Literal["ndjson", "xlsx"]) -> Callable[..., Awaitable[Response]]:
    async def summary_file(
        request: Request,
        service: ServiceDep,
        query: Annotated[SummaryFilters, Query()],
        reader: Annotated[Principal, Depends(Authorized(f"get_summary_{ending}"))],
        _if_none_match: etag.IfNoneMatch = None,
    ) -> Response:
        return await _respond(request, service, query, reader, ending, bom=False)

    summary_file.__doc__ = f"""Download the summary as {_FILES[ending]}.

    Returns the lines of `/v1/summary`, each {"as a line that contains a JSON object" if ending == "ndjson" else "in a row"}.
    """
    return summary_file


for _ending in _FILES:
    router.add_api_route(
        f"/v1/summary/summary.{_ending}",
        _file_endpoint(_ending),
        name=f"get_summary_{_ending}",
        methods=["GET"],
        response_class=Response,
        responses=attachment.file_response(representation.MEDIA_TYPE_BY_FORMAT[_ending]) | problems(FutureVersion, MonthNotOpen),
    )


async def _respond(
    request: Request,
    service: Service,
    query: SummaryFilters,
    reader: Principal,
    format_: representation.Format,
    *,
    bom: bool,
) -> Response:
    async with open_reading(service, reader, query.as_of) as reading:
        query.refuse_unknown_codes(reading.definition)
        months = query.months(reading.definition, service.clock)
        await reading.refuse_unopened_months(months)
        reader_key = (reader.role, reader.org, reader.campaign)  # roles and organisations see different lines
        filters = (query.by_area, query.by_org, query.indicator, query.area, query.org)
        tag = etag.entity_tag("summary", reading.version, *reader_key, months, *filters, format_, bom)
        if not_modified := etag.not_modified(request, tag):
            return not_modified
        months_now = months if format_ == "json" else months[:1]  # the other months of a table are read while it is sent
        challenged = await read_challenged_counts(reading)
        breakdown = {"by_area": query.by_area, "by_org": query.by_org}
        lines = query.select(await reading.read_lines(months_now, **breakdown, challenged=challenged), reading.definition)
        history = await read_target_history(reading, _indicators_with_target(reading.definition, lines, months), months[-1])
    if format_ == "json":
        return JsonResponse(_document(reading, lines, history), headers=etag.cache_headers(tag))
    pages = _lines_by_month(service, reading, query, challenged, lines, months[1:])
    folder = service.settings.spool_dir
    return await summary_table(format_, tag, reading, history, pages, bom=bom, folder=folder)


def _document(reading: Reading, lines: Iterable[SummaryLine], history: TargetHistory) -> dict[str, object]:
    """Return the summary as `Summary` describes it."""
    return {
        "campaign": reading.reader.campaign,
        "data_version": reading.version,
        "definition_version": reading.definition.version,
        "lines": [line_document(line, reading.definition, history.deadline(line, line.target)) for line in lines],
    }


def _indicators_with_target(
    definition: AppliedDefinition, first_lines: Iterable[SummaryLine], months: Sequence[date]
) -> set[str]:
    """Return the indicators whose lines may have a target: those of the lines, or of any month if other months follow."""
    if len(months) > 1:
        return {target.indicator for target in definition.targets}
    return {line.indicator.code for line in first_lines if line.target is not None}


async def _lines_by_month(
    service: Service,
    reading: Reading,
    query: SummaryFilters,
    challenged: Collection[CountPlace],
    first_lines: list[SummaryLine],
    later_months: Iterable[date],
) -> AsyncIterator[list[SummaryLine]]:
    """Yield the lines of each month; later months are read in snapshots of their own at the same version."""
    yield first_lines
    for month in later_months:
        async with open_reading_at(service, reading.reader, reading.version) as later_reading:
            lines = await later_reading.read_lines([month], by_area=query.by_area, by_org=query.by_org, challenged=challenged)
        yield query.select(lines, reading.definition)
