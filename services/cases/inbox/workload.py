"""`GET /v1/workload`: open, overdue and finished items by organisation and kind, now or as of an earlier time."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from statistics import median_low
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response

from services.cases.inbox.call_at import call_at
from services.cases.inbox.models import WorkloadPage, WorkloadQuery
from services.cases.items.call import ItemCall, reading
from services.cases.items.days import time_left
from services.cases.items.kind import Kind
from services.cases.items.rows_at import rows_at
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.database.sql import statement
from shared.http import etag
from shared.http.lists import StoredRows, list_response
from shared.http.query_codes import refuse_unknown_code
from shared.http.tables import Table, codes, fields, term
from shared.problems import FutureVersion, problems
from shared.tables.item import Item
from shared.vocabulary import RegistryKind

RowT = TypeVar("RowT", bound=Item)

_CLOSINGS: Final = statement(__package__, "closings")

TABLE: Final = Table(
    "workload",
    "办理情况",
    (term("kind", RegistryKind), *codes("org"), *fields("open", "overdue", "closed", "median_days")),
)


def workload_routes(kinds: Sequence[Kind[Any]]) -> APIRouter:
    """Return the route of the workload, of items of these kinds."""
    router = APIRouter(tags=["inbox"])

    @router.get("/v1/workload", response_model=WorkloadPage, responses=TABLE.responses | problems(FutureVersion))
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
        async with reading(request, service, reader, "get_workload") as now:
            call, until = await call_at(now, service, query.as_of)
            refuse_unknown_code("org", query.org, [organisation.code for organisation in call.definition.organisations])
            lines = [
                line
                for kind in kinds
                if query.kind in (None, kind.code)
                for line in await _lines(call, kind, until)
                if query.org in (None, line["org"])
            ]
            rows = StoredRows(
                rows=lines,
                query_text=f"get_workload {reader.campaign} {reader.role} {call.today} {query.kind} {query.org}",
                row_key=lambda line: f"{line['kind']} {line['org']}",
                document=dict,
            )
            return await list_response(request, query, TABLE, call.definition, rows, {"as_of": call.today})

    return router


async def _lines(call: ItemCall, kind: Kind[RowT], until: datetime | None) -> Iterator[dict[str, Any]]:
    """Return the workload with items of a kind, by organisation; that of no organisation comes last."""
    closings = await _closings(call, kind, until)
    by_worker: dict[str | None, list[RowT]] = defaultdict(list)
    for row in await rows_at(call, kind, until, [state.value for state in kind.states]):
        if kind.sees(row, call.caller):
            by_worker[kind.worker_of(row, call)].append(row)
    workers = sorted(by_worker, key=lambda org: (org is None, org))
    return (_line(call, kind, org, by_worker[org], closings) for org in workers)


def _line(
    call: ItemCall, kind: Kind[RowT], org: str | None, rows: Sequence[RowT], closings: Mapping[UUID, datetime]
) -> dict[str, Any]:
    zone = ZoneInfo(call.definition.campaign.timezone)
    unfinished = [row for row in rows if kind.state(row, call) not in kind.finished]
    closed = [row for row in rows if kind.state(row, call) in kind.finished]
    days = [(closings[row.id].astimezone(zone).date() - kind.opened_on(row, call)).days for row in closed if row.id in closings]
    return {
        "kind": kind.code,
        "org": org,
        "open": len(unfinished),
        "overdue": sum(time_left(kind.due_day(row, call), call.today)["overdue"] for row in unfinished),
        "closed": len(closed),
        "median_days": median_low(days) if days else None,
    }


async def _closings(call: ItemCall, kind: Kind[Any], until: datetime | None) -> Mapping[UUID, datetime]:
    """Return the times of the moves after which items were finished, and stayed so until the end of a day."""
    binds = {"campaign": call.caller.campaign, "kind": kind.code, "finished": sorted(kind.finished), "until": until}
    rows = await (await call.connection.execute(_CLOSINGS, binds)).fetchall()
    return dict(rows)
