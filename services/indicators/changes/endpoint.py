"""`GET /v1/changes`: what moved between two data versions, and by whom."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from psycopg.rows import dict_row
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.indicators.changes.counts import CURSOR_TYPES, read_changed_counts
from services.indicators.changes.lines import find_changed_lines
from services.indicators.changes.models import Changes
from services.indicators.changes.span import CHANGES_MONTHS_MAX, ComparedVersions, compare_versions
from services.indicators.reading import AsOf, Reading, open_readings
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.campaign.load import Definitions
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.http import etag, paging
from shared.http.json_response import JsonResponse
from shared.problems import FieldError, Forbidden, FutureVersion, NotFound, Overloaded, Schema, TokenInvalid, problems
from shared.values.bilingual import Bilingual
from shared.values.months import MonthParameter, month_of, month_text
from shared.vocabulary import LedgerKind

_LEDGER = """
SELECT version, at, kind, subject, org, actor FROM ledger WHERE campaign = %s AND version = ANY(%s) ORDER BY version
"""

router = APIRouter()


class ChangesQuestion(BaseModel):
    """Between which versions, of which month, in which breakdown."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    from_: Annotated[str, Field(max_length=64)] = Field(
        alias="from", description="The earlier data version, or an instant (RFC 3339).", examples=["1"]
    )
    to: AsOf = Field(default=None, description="The later data version, or an instant; left out: the newest.")
    month: MonthParameter | None = Field(
        default=None,
        description=f"Left out: from the first month with counts to the last, the latest {CHANGES_MONTHS_MAX} of them.",
    )
    group_by: Literal["area", "org", "area,org", "org,area"] | None = Field(
        default=None, description="The breakdown of the lines; left out: one line for each indicator and month."
    )
    limit: paging.Limit = paging.DEFAULT_LIMIT
    next: paging.Cursor = None

    @property
    def text(self) -> str:
        """The question without its place, for the cursor."""
        return f"get_changes {self.from_} {self.to} {self.month} {self.group_by}"

    def by(self, dimension: str) -> bool:
        """Whether the breakdown names a dimension."""
        return self.group_by is not None and dimension in self.group_by


@router.get(
    "/v1/changes",
    response_model=Changes,
    responses=problems(TokenInvalid, Forbidden, NotFound, Schema, FutureVersion, Overloaded),
    tags=["changes"],
)
async def get_changes(
    request: Request,
    question: Annotated[ChangesQuestion, Query()],
    reader: Annotated[Principal, Depends(Authorized("get_changes"))],
    _held: etag.IfNoneMatch = None,
) -> Response:
    """The lines and counts that are not the same at two data versions, with the versions that moved each and who made them.

    A line is compared as the summary shows it: a count, an acceptance, a case or a definition may have moved it. What moved
    and came back is not listed. The facts come in pages, all at the versions of the first.
    """
    first, last, place = _asked(question, reader)
    async with open_readings(request.app.state.service, reader, {"from": first, "to": last}) as (old, new):
        _refuse_backwards(question, old, new)
        view = (reader.role, reader.org, reader.campaign, question.month, question.group_by, question.limit, place)
        tag = etag.entity_tag(new.version, old.version, *view, "application/json")
        if unchanged := etag.not_modified(request, tag):
            return unchanged
        span = await compare_versions(old, new, month_of(question.month) if question.month else None)
        return JsonResponse(
            await _document(span, question, place, request.app.state.definitions), headers=etag.cache_headers(tag)
        )


def _asked(question: ChangesQuestion, reader: Principal) -> tuple[str, str | None, list[str | int]]:
    """Both versions as asked, and the place in the facts; a later page names the versions of the first.

    A reporter that asks up to the newest version may not name that one later: its pages are of the newest.
    """
    if question.next is None:
        return question.from_, question.to, []
    first, last, *place = paging.decode_cursor(question.text, question.next, [int, int, *CURSOR_TYPES])
    newest = question.to is None and reader.role in CARRIERS_AND_STREETS
    return str(first), None if newest else str(last), place


def _refuse_backwards(question: ChangesQuestion, old: Reading, new: Reading) -> None:
    if old.version > new.version:
        message = Bilingual(zh="from 不得晚于 to", en="from is not after to")
        raise Schema(errors=[FieldError(where="query.from", code="from_after_to", message=message, value=question.from_)])


async def _document(
    span: ComparedVersions, question: ChangesQuestion, place: Sequence[str | int], definitions: Definitions
) -> dict[str, Any]:
    connection, campaign = span.new.connection, span.new.reader.campaign
    lines: list[dict[str, Any]] = []
    if not place:
        versions = [act.version for act in span.acts if act.kind is LedgerKind.DEFINITION]
        applied = [await definitions.at(connection, campaign, version) for version in versions]
        lines = await find_changed_lines(span, applied, by_area=question.by("area"), by_org=question.by("org"))
    facts = await read_changed_counts(span, place, question.limit)
    following = (span.old.version, span.new.version, *facts.following) if facts.following else None
    named = {version for each in (*lines, *facts.items) for version in each["versions"]}
    entries = await connection.cursor(row_factory=dict_row).execute(_LEDGER, [campaign, sorted(named)])
    return {
        "campaign": campaign,
        "from_version": span.old.version,
        "from_definition_version": span.old.definition.version,
        "data_version": span.new.version,
        "definition_version": span.new.definition.version,
        "months": [month_text(month) for month in span.months],
        "lines": lines,
        "facts": {
            "items": facts.items,
            "next": paging.encode_cursor(question.text, following) if following else None,
            "total": facts.total,
        },
        "ledger": await entries.fetchall(),
    }
