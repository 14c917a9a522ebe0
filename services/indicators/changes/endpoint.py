"""`GET /v1/changes`: the differences between two data versions, with their authors."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from psycopg.rows import dict_row
from pydantic import Field
from starlette.responses import Response

from services.indicators.changes.counts import KEY_TYPES, read_changed_counts
from services.indicators.changes.lines import find_changed_lines
from services.indicators.changes.models import Changes
from services.indicators.changes.span import ComparedVersions, compare_versions
from services.indicators.models import GroupBy
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.campaign.load import Definitions
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.http import etag, paging
from shared.http.json_response import JsonResponse
from shared.http.lists import TABLE_PAGE_ROWS
from shared.http.paging import PageQuery
from shared.http.representation import requested_format
from shared.http.tables import Table, codes, computed, fields, table_file
from shared.problems import FieldError, FutureVersion, Schema, problems
from shared.reading.reading import AsOf, open_readings
from shared.values.bilingual import Bilingual
from shared.values.months import MonthParameter, month_of, month_text
from shared.vocabulary import FieldCode, LedgerKind

_LEDGER = """
SELECT version, at, kind, subject, org, actor FROM ledger WHERE campaign = %s AND version = ANY(%s) ORDER BY version
"""

router = APIRouter()
_TABLE: Final = Table(
    "changes",
    "变化",
    (
        *fields("campaign", "since_version"),
        computed(["as_of"], lambda change: [change["data_version"]]),
        *fields("month"),
        *codes("indicator", "metric", "area", "org"),
        *fields("before", "after", "flipped", "versions"),
    ),
)


class ChangesQuery(PageQuery):
    """Versions, month and breakdown of a comparison."""

    since: Annotated[str, Field(max_length=64)] = Field(
        description="Earlier data version or RFC 3339 timestamp, with whose data those of `as_of` are compared.", examples=["1"]
    )
    as_of: AsOf = None
    month: MonthParameter | None = Field(
        default=None,
        description="Restricts the lines to a month and the counts to those that its lines may read; defaults to all months.",
    )
    group_by: GroupBy = None

    @property
    def text(self) -> str:
        """The filters as text, without the position: what a cursor belongs to."""
        return f"get_changes {self.since} {self.as_of} {self.month} {self.group_by}"


@router.get(
    "/v1/changes",
    response_model=Changes,
    responses=_TABLE.responses | problems(FutureVersion),
    tags=["changes"],
)
async def get_changes(
    request: Request,
    service: ServiceDep,
    query: Annotated[ChangesQuery, Query()],
    reader: Annotated[Principal, Depends(Authorized("get_changes"))],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Compare two data versions.

    Returns the summary lines and counts that differ between two data versions, with the versions that changed them and their
    authors.

    A line may differ because of a count, an accepted month, a case or a definition, or because its month began. Values that
    changed and changed back are not listed. The counts in `facts` come in pages, all of them at the versions of the first page.

    A client that keeps `data_version` and sends it as the next `since` misses no change: it replaces each line and each count by
    `after`, or removes it where that is null. CSV has a row for each changed line and count.
    """
    format_ = requested_format(request, query.format)
    if format_ == "csv":
        query.refuse_paging()
    first, last, after = _versions_and_key(query, reader)
    async with open_readings(service, reader, {"since": first, "as_of": last}) as (old, new):
        if old.version > new.version:
            raise _since_after_as_of(query.since)
        view = (reader.role, reader.org, reader.campaign, query.month, query.group_by, query.limit, after)
        tag = etag.entity_tag(new.version, old.version, *view, "application/json")
        if format_ == "json" and (not_modified := etag.not_modified(request, tag)):
            return not_modified
        versions = await compare_versions(old, new, month_of(query.month) if query.month else None)
        if format_ == "csv":
            return await table_file(request, _TABLE, new.definition, _rows(versions, query, service.definitions), bom=query.bom)
        return JsonResponse(await _document(versions, query, after, service.definitions), headers=etag.cache_headers(tag))


def _versions_and_key(query: ChangesQuery, reader: Principal) -> tuple[str, str | None, list[str | int]]:
    """Return both versions, and the key after which the page of counts begins; a later page keeps the versions of the first.

    A carrier or subdistrict office that compares with the latest version may not name that version on a later page: its later
    pages are compared with the latest version again.
    """
    if query.next is None:
        return query.since, query.as_of, []
    first, last, *after = paging.decode_cursor(query.text, query.next, [int, int, *KEY_TYPES])
    latest = query.as_of is None and reader.role in CARRIERS_AND_STREETS
    return str(first), None if latest else str(last), after


def _since_after_as_of(value: str) -> Schema:
    message = Bilingual(zh="since 不得晚于 as_of", en="`since` must not be after `as_of`")
    return Schema(errors=[FieldError(where="query.since", code=FieldCode.SINCE_AFTER_AS_OF, message=message, value=value)])


async def _rows(
    versions: ComparedVersions, query: ChangesQuery, definitions: Definitions
) -> AsyncIterator[Sequence[dict[str, Any]]]:
    """Yield the rows of the table: the changed lines, then the changed counts."""
    compared = {
        "campaign": versions.new.reader.campaign,
        "since_version": versions.old.version,
        "data_version": versions.new.version,
    }
    lines = await _lines(versions, query, definitions)
    yield [
        {**compared, **line, "metric": None, "before": _display(line["before"]), "after": _display(line["after"])}
        for line in lines
    ]
    after: Sequence[str | int] | None = []
    while after is not None:
        counts = await read_changed_counts(versions, after, TABLE_PAGE_ROWS)
        yield [{**compared, "indicator": None, "flipped": None, **count} for count in counts.items]
        after = counts.last_key


def _display(line: Mapping[str, Any] | None) -> str | None:
    return None if line is None else line["display"]


async def _lines(versions: ComparedVersions, query: ChangesQuery, definitions: Definitions) -> list[dict[str, Any]]:
    applied = [event.version for event in versions.events if event.kind is LedgerKind.DEFINITION]
    connection, campaign = versions.new.connection, versions.new.reader.campaign
    applied_definitions = [await definitions.at(connection, campaign, version) for version in applied]
    by_area, by_org = "area" in (query.group_by or ""), "org" in (query.group_by or "")
    return await find_changed_lines(versions, applied_definitions, by_area=by_area, by_org=by_org)


async def _document(
    versions: ComparedVersions, query: ChangesQuery, after: Sequence[str | int], definitions: Definitions
) -> dict[str, Any]:
    """Return the comparison as `Changes` describes it; only the first page has lines."""
    old, new = versions.old, versions.new
    connection, campaign = new.connection, new.reader.campaign
    lines = await _lines(versions, query, definitions) if not after else []
    counts = await read_changed_counts(versions, after, query.limit)
    cursor = paging.encode_cursor(query.text, (old.version, new.version, *counts.last_key)) if counts.last_key else None
    named = {version for change in (*lines, *counts.items) for version in change["versions"]}
    ledger = await connection.cursor(row_factory=dict_row).execute(_LEDGER, [campaign, sorted(named)])
    return {
        "campaign": campaign,
        "since_version": old.version,
        "since_definition_version": old.definition.version,
        "data_version": new.version,
        "definition_version": new.definition.version,
        "months": [month_text(month) for month in versions.months],
        "lines": lines,
        "facts": {"items": counts.items, "next": cursor, "total": counts.total},
        "ledger": await ledger.fetchall(),
    }
