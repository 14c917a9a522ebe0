"""`GET /v1/facts`: the counts behind every figure, one by one, as they stood at a data version."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date
from typing import Annotated, Any, NamedTuple, Self

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from services.indicators.facts import pulling
from services.indicators.facts.models import FactPage
from services.indicators.facts.pulling import Fact, Place, Pull, Wanted, pull_of
from services.indicators.facts.rendering import COLUMNS, fact_cells, fact_document, fact_line
from services.indicators.reading import AsOf, Reading, open_reading
from services.indicators.tables import CellValue, csv_chunks, ndjson_chunks, table_response
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import EVERYBODY
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.http import etag, paging, representation
from shared.http.json_response import JsonResponse
from shared.http.query_codes import value_for_code
from shared.problems import (
    FieldError,
    Forbidden,
    FutureVersion,
    NotAcceptable,
    NotFound,
    Overloaded,
    Schema,
    TokenInvalid,
    problems,
)
from shared.values.bilingual import Bilingual
from shared.values.field_error import FieldValueError
from shared.values.months import MonthParameter, month_of

router = APIRouter(tags=["facts"])
_KINDS = [int, int, str, str, int, int]  # of a cursor: version, total, place

Code = Annotated[str | None, Field(max_length=63)]


class FactQuestion(BaseModel):
    """Which counts, as of when, in which form; every filter may be left out."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    month: MonthParameter | None = Field(default=None, description="Left out, and without `from` and `to`: every month.")
    from_: MonthParameter | None = Field(default=None, alias="from", description="First month; left out: from the beginning.")
    to: MonthParameter | None = Field(default=None, description="Last month; left out: to the end.")
    org: Code = Field(default=None, description="Who reported; `*`: derived from the registers of several.")
    metric: Code = None
    area: Code = None
    as_of: AsOf = None
    format: representation.FormatParameter = None
    limit: paging.Limit = Field(default=paging.DEFAULT_LIMIT, description="The most items of a JSON page; tables are whole.")
    next: paging.Cursor = None

    @model_validator(mode="after")
    def _one_way_to_name_months(self) -> Self:
        if self.month and (self.from_ or self.to):
            raise FieldValueError("用 month，或用 from 和 to", "give month, or from and to")
        return self

    @property
    def text(self) -> str:
        """The question without its place, for the cursor."""
        return f"list_facts {self.month} {self.from_} {self.to} {self.org} {self.metric} {self.area} {self.as_of}"

    def wanted(self, definition: AppliedDefinition) -> Wanted:
        """In numbers. Raises Schema for codes that the campaign does not have."""
        orgs = {EVERYBODY, *(each.code for each in definition.organisations)}
        return Wanted(
            first=_month(self.month or self.from_),
            last=_month(self.month or self.to),
            org=value_for_code("org", self.org, {code: code for code in orgs}),
            metric=value_for_code("metric", self.metric, definition.metric_numbers),
            area=value_for_code("area", self.area, definition.area_numbers),
        )

    def whole(self) -> None:
        """Raise Schema where a part of a table is asked for."""
        if named := {"limit", "next"} & self.model_fields_set:
            message = Bilingual(zh="仅用于 JSON 分页；表格一次给全", en="only JSON has pages: a table comes whole")
            raise Schema(errors=[FieldError(where=f"query.{each}", code="json_only", message=message) for each in sorted(named)])


class _Begun(NamedTuple):
    """Where a JSON page goes on: it was told by the page before."""

    version: int
    total: int
    place: Place


def _begun(question: FactQuestion) -> _Begun | None:
    """What the cursor says. Raises Schema where it is none of this question's."""
    if question.next is None:
        return None
    version, total, org, month, metric, area = paging.decode_cursor(question.text, question.next, _KINDS)
    try:
        place = Place(str(org), date.fromisoformat(str(month)), int(metric), int(area))
    except ValueError:
        raise paging.invalid_cursor() from None
    return _Begun(int(version), int(total), place)


@router.get(
    "/v1/facts",
    response_model=FactPage,
    responses={
        200: {"content": representation.TABLE_RESPONSES},
        **problems(TokenInvalid, Forbidden, NotFound, NotAcceptable, Schema, FutureVersion, Overloaded),
    },
)
async def list_facts(
    request: Request,
    question: Annotated[FactQuestion, Query()],
    reader: Annotated[Principal, Depends(Authorized("list_facts"))],
    _held: etag.IfNoneMatch = None,
) -> Response:
    """The counts as they stood at one data version, with the push each came in: pages of JSON, or the whole as CSV or NDJSON.

    Later pages and long tables stay at the version they began with, whatever is pushed meanwhile (a reporter's later pages of
    JSON are of the newest). Carriers see their own counts and the references, street offices their own and their street's.
    """
    form = representation.requested_format(request, question.format)
    if form != "json":
        question.whole()
    begun = _begun(question)
    async with _opened(request, reader, question, begun) as read:
        tag = etag.entity_tag(
            "facts", read.version, reader.role, reader.org, reader.campaign, question.text, question.limit, question.next, form
        )
        if same := etag.not_modified(request, tag):
            return same
        pull = pull_of(read, question.wanted(read.definition))
        if question.org and question.org not in pull.seen.orgs:
            raise Forbidden("只能查看本单位的数据", "only counts of your own organisation can be seen")
        if form == "json":
            return JsonResponse(await _page(read, pull, question, begun), headers=etag.cache_headers(tag))
        first = await pull.page(read, None, pulling.PAGE_ROWS)
    pages = pull.pages(request, read, first)
    pieces = csv_chunks(COLUMNS, _rows(pages, read)) if form == "csv" else ndjson_chunks(_lines(pages, read))
    name = f"{reader.campaign}-v{read.version}"
    return table_response(form, f"facts-{name}", f"上报数据-{name}", tag, pieces)


def _opened(
    request: Request, reader: Principal, question: FactQuestion, begun: _Begun | None
) -> AbstractAsyncContextManager[Reading]:
    """A reporter's pages are not held at a version: cursors can be made up, and reporters do not look back."""
    held = begun is not None and reader.role not in CARRIERS_AND_STREETS
    return open_reading(request.app.state.service, reader, str(begun.version) if begun and held else question.as_of)


async def _page(read: Reading, pull: Pull, question: FactQuestion, begun: _Begun | None) -> dict[str, Any]:
    found = await pull.page(read, begun.place if begun else None, question.limit + 1)
    total = begun.total if begun and begun.version == read.version else await pull.count(read)
    shown = found[: question.limit]
    following = None
    if len(found) > len(shown):
        org, month, metric, area = shown[-1].place
        following = paging.encode_cursor(question.text, [read.version, total, org, month.isoformat(), metric, area])
    return {
        "items": [fact_document(fact, read.definition) for fact in shown],
        "next": following,
        "total": total,
        "campaign": read.reader.campaign,
        "data_version": read.version,
        "definition_version": read.definition.version,
    }


async def _rows(pages: AsyncIterator[list[Fact]], read: Reading) -> AsyncIterator[Iterable[Sequence[CellValue]]]:
    async for page in pages:
        yield (fact_cells(fact, read.definition, read.version) for fact in page)


async def _lines(pages: AsyncIterator[list[Fact]], read: Reading) -> AsyncIterator[Iterable[dict[str, Any]]]:
    async for page in pages:
        yield (fact_line(fact, read.definition, read.version) for fact in page)


def _month(text: str | None) -> date | None:
    return month_of(text) if text else None
