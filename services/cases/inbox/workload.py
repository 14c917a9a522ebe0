"""`GET /v1/workload`: open, overdue and finished items by organisation and kind, now or as of an earlier time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import Integer, case, cast, false, func, true
from sqlmodel import select

from services.cases.inbox.call_at import call_at
from services.cases.inbox.models import WorkloadPage, WorkloadQuery
from services.cases.items.call import ItemCall, listing
from services.cases.items.days import local_day
from services.cases.items.items_at import items_at
from services.cases.items.kind import Kind
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.database.compiled import compiled
from shared.http import etag
from shared.http.lists import StoredRows, list_response
from shared.http.query_codes import refuse_unknown_code
from shared.http.tables import Table, codes, fields, term
from shared.problems import FutureVersion, problems
from shared.vocabulary import RegistryKind

_TABLE: Final = Table(
    "workload",
    "办理情况",
    (term("kind", RegistryKind), *codes("org"), *fields("open", "overdue", "closed", "median_days")),
)


def workload_routes(kinds: Sequence[Kind[Any]]) -> APIRouter:
    """Return the route of the workload, of items of these kinds."""
    router = APIRouter(tags=["inbox"])

    @router.get("/v1/workload", response_model=WorkloadPage, responses=_TABLE.responses | problems(FutureVersion))
    async def get_workload(
        request: Request,
        service: ServiceDep,
        reader: Annotated[Principal, Depends(Authorized("get_workload"))],
        query: Annotated[WorkloadQuery, Query()],
        _if_none_match: etag.IfNoneMatch = None,
    ) -> Response:
        """List the workload of organisations.

        Returns, for each kind of item and responsible organisation, how many items are open, overdue and finished, and how many
        days they took. A case counts for the organisation that filed it, a difficulty for the one that it is assigned to, a
        challenge for the one whose count it is and, while it is to be decided, for the challenger. `as_of` shows the workload of
        an earlier day as it was when that day ended, whenever you ask.
        """
        async with listing(request, service, reader, "get_workload") as now:
            call, at = await call_at(now, service, query.as_of)
            refuse_unknown_code("org", query.org, call.definition.org_codes)
            lines = [
                line
                for kind in kinds
                if query.kind in (None, kind.code)
                for line in await _lines(call, kind, at)
                if query.org in (None, line["org"])
            ]
            rows = StoredRows(
                rows=lines,
                query_text=f"get_workload {reader.campaign} {reader.role} {call.today} {query.kind} {query.org}",
                row_key=lambda line: f"{line['kind']} {line['org']}",
                document=dict,
            )
            return await list_response(request, query, _TABLE, call.definition, rows, {"as_of": call.today})

    return router


async def _lines(call: ItemCall, kind: Kind[Any], at: datetime | None) -> list[dict[str, Any]]:
    """Return the workload with items of a kind, by organisation."""
    org, finished = kind.workload_org(call), kind.column("state").in_(sorted(kind.finished))
    overdue = kind.filters["overdue"](true(), call) if "overdue" in kind.filters else false()
    last_day = local_day(kind.column("updated_at"), call.definition.campaign.timezone)
    median = func.percentile_disc(0.5).within_group(case((finished, cast(last_day - kind.opened_on(call), Integer))))
    query = (
        select(  # type: ignore[call-overload] # it knows up to four columns
            org,
            func.count().filter(~finished),
            func.count().filter(overdue, ~finished),
            func.count().filter(finished),
            median,
        )
        .where(kind.column("campaign") == call.caller.campaign, kind.visible(call.caller, call.definition))
        .group_by(org)
        .order_by(org)
    )
    sql, binds = compiled(items_at(query, kind, call.definition, past=at is not None))
    rows = await call.connection.execute(sql, {**binds, "item_time": at})
    return [
        {"kind": kind.code, "org": code, "open": open_, "overdue": late, "closed": closed, "median_days": days}
        for code, open_, late, closed, days in await rows.fetchall()
    ]
