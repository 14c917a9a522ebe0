"""`GET /v1/inbox`: what waits for the caller's organisation, now or as of an earlier time."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Query, Request, Response

from services.cases.inbox.models import InboxPage, InboxQuery
from services.cases.items.awaited import AwaitedAction, AwaitedActions
from services.cases.items.call import ItemCall, reading
from services.cases.items.days import time_left
from shared.access.dependencies import Authorized, Service, ServiceDep
from shared.access.key_ring import Principal
from shared.database.database import Snapshot
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.http import etag
from shared.http.lists import StoredRows, list_response
from shared.http.tables import Table, bilingual, codes, fields, term
from shared.problems import FutureVersion, problems
from shared.reading.as_of import as_of_timestamp, resolve_as_of
from shared.reading.reading import refuse_version_without_report
from shared.vocabulary import RegistryKind

TABLE: Final = Table(
    "inbox",
    "待办事项",
    (
        term("kind", RegistryKind),
        *fields("path"),
        *codes("org"),
        *fields("title", "action"),
        bilingual("label"),
        *fields("due_on", "days_left", "overdue"),
    ),
)
_LATEST_VERSION: Final = "SELECT version FROM campaign WHERE campaign = %s"
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TICK: Final = timedelta(microseconds=1)


def inbox_routes(sources: Sequence[AwaitedActions]) -> APIRouter:
    """Return the route of the inbox."""
    router = APIRouter(tags=["inbox"])

    @router.get("/v1/inbox", response_model=InboxPage, responses=TABLE.responses | problems(FutureVersion))
    async def get_inbox(
        request: Request,
        service: ServiceDep,
        reader: Annotated[Principal, Depends(Authorized("get_inbox"))],
        query: Annotated[InboxQuery, Query()],
        _if_none_match: etag.IfNoneMatch = None,
    ) -> Response:
        """List what waits for your organisation.

        Returns the moves that items, months and requests wait for and that your organisation may make, the most urgent first.
        `as_of` shows the inbox of an earlier day as it was when that day ended, whenever you ask.
        """
        async with reading(request, service, reader, "get_inbox") as now:
            call, until = await _as_of(now, service, query.as_of)
            actions = [action for awaited_actions in sources for action in await awaited_actions(call, until)]
            rows = StoredRows(
                rows=sorted(filter(_filter(query, call.today), actions), key=_urgency),
                query_text=f"get_inbox {reader.campaign} {reader.org} {reader.role} {call.today} {query.kind} {query.overdue}",
                row_key=lambda action: f"{action.kind} {action.key} {action.action}",
                document=lambda action: _document(action, call.today),
            )
            return await list_response(request, query, TABLE, call.definition, rows, {"as_of": call.today})

    return router


async def _as_of(call: ItemCall, service: Service, as_of: str | None) -> tuple[ItemCall, datetime | None]:
    """Return the call at the time that `as_of` names, and the instant from which on changes are later ones; None: there are none.

    Raises FutureVersion, or Schema for text that names no time of the campaign.
    """
    zone = ZoneInfo(call.definition.campaign.timezone)
    if as_of is None or as_of == call.today.isoformat():
        return call, None
    connection, campaign = call.connection, call.caller.campaign
    if (day := _day(as_of)) is not None:
        if day > call.today:
            raise FutureVersion("该日期尚未到来。", "The day is in the future.")
        as_of = (datetime.combine(day + timedelta(days=1), time(), zone) - _TICK).isoformat()
    elif call.caller.role in CARRIERS_AND_STREETS:
        await refuse_version_without_report(connection, campaign, as_of)
    (latest,) = await (await connection.execute(_LATEST_VERSION, [campaign])).fetchone() or (0,)
    snapshot = Snapshot(connection, latest, call.definition.version)
    version, definition_version = await resolve_as_of(snapshot, campaign, as_of, service.clock, "as_of")
    at = await as_of_timestamp(connection, campaign, as_of, version)
    definition = await service.definitions.at(connection, campaign, definition_version)
    return replace(call, today=at.astimezone(zone).date(), definition=definition), at + _TICK


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def _filter(query: InboxQuery, today: date) -> Callable[[AwaitedAction], bool]:
    def included(action: AwaitedAction) -> bool:
        overdue = time_left(action.due_on, today)["overdue"]
        return query.kind in (None, action.kind) and query.overdue in (None, overdue)

    return included


def _urgency(action: AwaitedAction) -> tuple[date, str, str]:
    return action.due_on or date.max, action.kind, action.key


def _document(action: AwaitedAction, today: date) -> dict[str, Any]:
    return {
        "kind": action.kind,
        "path": action.path,
        "org": action.org,
        "title": action.title,
        "action": action.action,
        "label": action.label.model_dump(),
        "due_on": action.due_on,
        **time_left(action.due_on, today),
    }
