"""`GET /v1/completeness`: expected and reported counts of a month, and lateness."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Final, Literal, NamedTuple, Self
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field, model_validator
from starlette.responses import Response

from services.indicators.completeness.expected_counts import latest_timestamp, read_expected_counts, read_month_submissions
from services.indicators.models import MonthText
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.domain.completeness import CellTotals, completeness_by, completeness_of
from shared.domain.expected_cells import ExpectedCell
from shared.http import etag
from shared.http.json_response import ResponseModel
from shared.http.lists import StoredRows, list_response
from shared.http.paging import Page, PageQuery
from shared.http.query_codes import refuse_unknown_code
from shared.http.tables import Table, codes, computed, fields, term
from shared.problems import Forbidden, FutureVersion, MonthNotOpen, problems
from shared.reading.as_of import as_of_timestamp
from shared.reading.reading import AsOf, Reading, open_reading
from shared.values.field_error import FieldValueError
from shared.values.fields import AreaParameter, CodeParameter
from shared.values.months import MonthParameter, month_of, month_text
from shared.values.timestamps import Timestamp
from shared.vocabulary import ObligationState, Role, SubmissionState

router = APIRouter(tags=["completeness"])
CompletenessGroupBy = Literal["org", "area", "metric", "cell"]
_TABLE: Final = Table(
    "completeness",
    "填报完整性",
    (
        *fields("campaign"),
        computed(["as_of"], lambda group: [group["data_version"]]),
        *fields("month", "due", "grace_until"),
        *codes("org", "area", "metric"),
        *fields("expected", "reported", "zero", "missing", "on_time", "late", "overdue", "late_days", "complete_at"),
        *fields("value", "display"),
        term("submission", SubmissionState),
        term("state", ObligationState),
        *fields("voluntary", "reported_month", "reported_at", "late_since"),
    ),
)


class Completeness(ResponseModel):
    """Numbers of expected counts: expected = reported + zero + missing. Voluntary counts are not included.

    They are those of one organisation, area, metric or count; the codes that are not grouped by are null.
    """

    org: str | None
    area: str | None
    metric: str | None
    expected: int
    reported: int = Field(description="Reported with a value above 0.")
    zero: int = Field(description="Reported as 0.")
    missing: int
    on_time: int = Field(description="Reported by the end of the grace period. A correction does not make a count late.")
    late: int = Field(description="Reported after the grace period.")
    overdue: int = Field(description="Missing after the grace period.")
    late_days: int = Field(
        description="Days from the due date until the last count was reported, or until `at` if one is missing;"
        " 0 until the end of the grace period."
    )
    complete_at: Timestamp | None = Field(description="Timestamp of the last expected count; null while one is missing.")
    value: float | None = Field(
        description="Percentage of expected counts that were reported, truncated to 4 decimals; null if none are expected."
    )
    display: str | None = Field(
        description="Percentage truncated to one decimal; never 100.0 while a count is missing.", examples=["98.9"]
    )
    submission: SubmissionState | None = Field(
        description="State of the organisation's submission; null unless grouped by organisation."
    )
    state: ObligationState | None = Field(description="State of the count; null unless grouped by cell.")
    voluntary: bool | None = Field(
        description="True if the count is not expected: it is listed because it was reported, is never late and is not included"
        " in `expected`. Null unless grouped by cell."
    )
    reported_month: MonthText | None = Field(
        description="Month of the count, which may be an earlier one for reference metrics; null if it is missing, and unless"
        " grouped by cell."
    )
    reported_at: Timestamp | None = Field(
        description="Timestamp of the first report, whatever corrected it later; null if the count is missing, and unless grouped"
        " by cell."
    )
    late_since: date | None = Field(
        description="Day after the due date if the count is late; null if it is not, and unless grouped by cell."
    )


class CompletenessPage(Page[Completeness]):
    """Completeness of a month at a timestamp."""

    campaign: str
    data_version: int
    definition_version: int
    at: Timestamp = Field(
        description="Timestamp at which lateness is judged: that of `as_of`; without it the start of the current day, or that of"
        " the latest data version if it is of this day."
    )
    month: MonthText
    due: date = Field(description="Due date of the month's counts.")
    grace_until: date = Field(description="Last day of the grace period; counts reported by then are not late.")
    group_by: CompletenessGroupBy
    whole: Completeness = Field(description="Completeness of all groups together.")


class CompletenessQuery(PageQuery):
    """Query parameters of `GET /v1/completeness`."""

    month: MonthParameter | None = Field(default=None, description="Defaults to the latest month whose due date has passed.")
    group_by: CompletenessGroupBy = Field(
        default="org",
        description="Breakdown of the expected counts: an item for each organisation, area or metric; `cell`: for each count.",
    )
    org: CodeParameter | None = Field(default=None, description="Only counts of this organisation.")
    area: AreaParameter | None = Field(default=None, description="Only counts of this area.")
    metric: CodeParameter | None = Field(default=None, description="Only counts of this metric.")
    state: ObligationState | None = Field(
        default=None, description="Only items of counts in this state; requires `group_by=cell`. `whole` is not filtered by it."
    )
    as_of: AsOf = None

    @model_validator(mode="after")
    def _check_state(self) -> Self:
        if self.state is not None and self.group_by != "cell":
            raise FieldValueError("state 仅用于 group_by=cell", "`state` requires `group_by=cell`", "state", "group_by")
        return self

    def includes(self, cell: ExpectedCell) -> bool:
        """Return whether a count passes the filters, apart from its state."""
        return self.org in (None, cell.org) and self.area in (None, cell.area) and self.metric in (None, cell.metric)

    def cursor_text(self, month: date) -> str:
        """Return operation, month and filters: a cursor is valid only for the same ones."""
        filters = (self.group_by, self.org, self.area, self.metric, self.state, self.as_of)
        return f"get_completeness {month_text(month)} {' '.join(map(str, filters))}"

    def refuse_unknown_codes(self, definition: AppliedDefinition) -> None:
        """Raise Schema for codes that the campaign lacks."""
        refuse_unknown_code("org", self.org, definition.org_codes)
        refuse_unknown_code("area", self.area, definition.area_numbers)
        refuse_unknown_code("metric", self.metric, definition.metric_numbers)


@router.get(
    "/v1/completeness",
    response_model=CompletenessPage,
    responses=_TABLE.responses | problems(FutureVersion, MonthNotOpen),
)
async def get_completeness(
    request: Request,
    service: ServiceDep,
    query: Annotated[CompletenessQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("get_completeness"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Get the completeness of a month.

    Returns how many expected counts of a month were reported, zero, missing, on time or late, by organisation, area or metric,
    or each count with its state.

    Without `as_of`, lateness is judged today; with `as_of`, at that timestamp or version, and the response does not change later.
    Carriers see their own counts, subdistrict offices their own and those of their subdistrict.
    """
    async with open_reading(service, reader, query.as_of) as reading:
        definition = reading.definition
        query.refuse_unknown_codes(definition)
        if reader.role is Role.CARRIER and query.org not in (None, reader.org):
            raise Forbidden("只能查看本单位的数据。", "You may read only the counts of your own organisation.")
        if query.as_of:
            at = await as_of_timestamp(reading.connection, reader.campaign, query.as_of, reading.version)
        else:
            at = await latest_timestamp(reading, service.clock)
        month = month_of(query.month) if query.month else _latest_due_month(reading, at)
        await reading.refuse_unopened_months([month])
        cells = [cell for cell in await read_expected_counts(reading, month, at) if query.includes(cell)]
        submissions = await _submission_states(reading, month) if query.group_by == "org" else {}
    rows = StoredRows(
        rows=_groups(cells, query),
        query_text=query.cursor_text(month),
        row_key=lambda group: " ".join(group.codes.values()),
        document=lambda group: _group_document(group, submissions),
    )
    page = {
        "campaign": reader.campaign,
        "data_version": reading.version,
        "definition_version": definition.version,
        "at": at,
        "month": month_text(month),
        "due": definition.calendar.due(month),
        "grace_until": definition.calendar.grace_until(month),
        "group_by": query.group_by,
        "whole": _group_document(_Group({}, completeness_of(cells)), submissions),
    }
    return await list_response(request, query, _TABLE, definition, rows, page)


def _latest_due_month(reading: Reading, at: datetime) -> date:
    zone = ZoneInfo(reading.definition.campaign.timezone)
    return reading.definition.calendar.latest_due(at.astimezone(zone).date())


class _Group(NamedTuple):
    """Some counts of the month that are one item."""

    codes: Mapping[str, str]  # what they are grouped by
    totals: CellTotals
    cell: ExpectedCell | None = None  # the only count


def _groups(cells: Sequence[ExpectedCell], query: CompletenessQuery) -> list[_Group]:
    if query.group_by != "cell":
        dimension = query.group_by
        return [_Group({dimension: code}, totals) for code, totals in completeness_by(cells, dimension).items()]
    listed = [cell for cell in cells if query.state in (None, cell.state)]
    return [_Group({"org": cell.org, "metric": cell.metric, "area": cell.area}, completeness_of([cell]), cell) for cell in listed]


async def _submission_states(reading: Reading, month: date) -> dict[str, SubmissionState]:
    moved = {org: submission.state for org, submission in (await read_month_submissions(reading, month)).items()}
    return {org.code: moved.get(org.code, SubmissionState.OPEN) for org in reading.definition.organisations}


def _group_document(group: _Group, submissions: Mapping[str, SubmissionState]) -> dict[str, Any]:
    cell = group.cell
    return {
        **dict.fromkeys(("org", "area", "metric")),
        **group.codes,
        "submission": submissions.get(group.codes.get("org", "")),
        "state": cell and cell.state,
        "voluntary": cell and cell.voluntary,
        "reported_month": month_text(cell.reported_month) if cell and cell.reported_month else None,
        "reported_at": cell and cell.reported_at,
        "late_since": cell and cell.late_since,
        **group.totals._asdict(),
        "value": group.totals.value,
        "display": group.totals.display,
    }
