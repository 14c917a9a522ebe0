"""`GET /v1/workload`: open, overdue and finished items by organisation and kind, now or as of an earlier time."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from statistics import median_low
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy import Integer, case, cast, false, func, null, true
from sqlmodel import select

from services.cases.inbox.call_at import call_at
from services.cases.inbox.models import WorkloadPage, WorkloadQuery
from services.cases.items.call import ItemCall, listing
from services.cases.items.days import local_day
from services.cases.items.items_at import items_at
from services.cases.items.kind import Kind, is_one_of
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.database.compiled import compiled
from shared.database.sql import BoundStatement
from shared.http import etag
from shared.http.lists import StoredRows, list_response
from shared.http.query_codes import refuse_unknown_code
from shared.http.tables import Table, codes, fields, term
from shared.problems import FutureVersion, problems
from shared.vocabulary import RegistryKind

_SET_TIME_ZONE: Final = "SELECT set_config('TimeZone', %s, true)"
"""The day of a timestamp in the transaction's time zone takes a third of the time that it takes in a zone named beside it."""

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
            counted = [kind for kind in kinds if query.kind is None or kind.code in query.kind]
            async with call.connection.pipeline():
                await call.connection.execute(_SET_TIME_ZONE, [call.definition.campaign.timezone])
                groups = [(kind, await call.connection.execute(*_groups(call, kind, at))) for kind in counted]
            lines = [
                line
                for kind, cursor in groups
                for line in _lines(kind, await cursor.fetchall())
                if query.org is None or line["org"] in query.org
            ]
            rows = StoredRows(
                rows=lines,
                query_text=f"get_workload {reader.campaign} {reader.role} {call.today} {query.kind} {query.org}",
                row_key=lambda line: f"{line['kind']} {line['org']}",
                document=dict,
            )
            return await list_response(request, query, _TABLE, call.definition, rows, {"as_of": call.today})

    return router


def _groups(call: ItemCall, kind: Kind[Any], at: datetime | None) -> BoundStatement:
    """Return the statement that counts the items of a kind: whose they are, whether finished and overdue, days, and how many.

    Finished items that took equally many days are counted together: to sort the days of all took most of the time.
    """
    org, finished = kind.workload_org(call), is_one_of(kind.column("state"), kind.finished)
    overdue = kind.filters["overdue"](true(), call) if "overdue" in kind.filters else false()
    overdue = case((finished, false()), else_=overdue)
    finished_at = func.coalesce(kind.column("finished_at"), kind.column("updated_at"))  # null in rows of earlier releases
    days = case((finished, cast(local_day(finished_at) - kind.opened_on(call), Integer)), else_=null())
    query = (
        select(org, finished, overdue, days, func.count())  # type: ignore[call-overload] # it knows up to four columns
        .where(kind.column("campaign") == call.caller.campaign, kind.visible(call.caller, call.definition))
        .group_by(org, finished, overdue, days)
    )
    sql, binds = compiled(items_at(query, kind, call.definition, past=at is not None))
    return BoundStatement(sql, {**binds, "item_time": at})


def _lines(kind: Kind[Any], groups: Iterable[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    """Yield the workload with items of a kind by organisation; that of nobody comes last."""
    unfinished: dict[str | None, int] = Counter()
    late: dict[str | None, int] = Counter()
    days: dict[str | None, list[int]] = defaultdict(list)  # of each finished item
    for org, finished, overdue, days_taken, count in groups:
        if finished:
            days[org] += [days_taken] * count
        else:
            unfinished[org] += count
            late[org] += count if overdue else 0
    for org in sorted(unfinished.keys() | days.keys(), key=lambda org: (org is None, org or "")):
        taken = days.get(org)
        yield {
            "kind": kind.code,
            "org": org,
            "open": unfinished[org],
            "overdue": late[org],
            "closed": len(taken or ()),
            "median_days": median_low(taken) if taken else None,
        }
