"""`GET /v1/inbox`: what waits for the caller's organisation, now or as of an earlier time."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from services.cases.inbox.call_at import call_at
from services.cases.inbox.models import InboxPage, InboxQuery
from services.cases.items.awaited import AwaitedAction, AwaitedActions
from services.cases.items.call import listing
from services.cases.items.days import time_left
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.http import etag
from shared.http.lists import StoredRows, list_response
from shared.http.tables import Table, bilingual, codes, fields, term
from shared.problems import FutureVersion, problems
from shared.vocabulary import RegistryKind

_TABLE: Final = Table(
    "inbox",
    "待办事项",
    (
        term("kind", RegistryKind),
        *fields("id", "path"),
        *codes("org"),
        *fields("title", "action"),
        bilingual("label"),
        *fields("due_on", "days_left", "overdue"),
    ),
)


def inbox_routes(sources: Sequence[AwaitedActions]) -> APIRouter:
    """Return the route of the inbox."""
    router = APIRouter(tags=["inbox"])

    @router.get("/v1/inbox", response_model=InboxPage, responses=_TABLE.responses | problems(FutureVersion))
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
        async with listing(request, service, reader, "get_inbox") as now:
            call, at = await call_at(now, service, query.as_of)
            took_part = any(organisation.code == reader.org for organisation in call.definition.organisations)
            actions = [action for source in sources for action in await source(call, at)] if took_part else []
            rows = StoredRows(
                rows=sorted(filter(_filter(query, call.today), actions), key=_urgency),
                query_text=f"get_inbox {reader.campaign} {reader.org} {reader.role} {call.today} {query.kind} {query.overdue}",
                row_key=lambda action: f"{action.path} {action.action}",
                document=lambda action: _document(action, call.today),
            )
            return await list_response(request, query, _TABLE, call.definition, rows, {"as_of": call.today})

    return router


def _filter(query: InboxQuery, today: date) -> Callable[[AwaitedAction], bool]:
    def included(action: AwaitedAction) -> bool:
        overdue = action.due_on is not None and action.due_on < today
        return (query.kind is None or action.kind in query.kind) and query.overdue in (None, overdue)

    return included


def _urgency(action: AwaitedAction) -> tuple[date, str]:
    """Return the place in the order of the list; actions of one kind and day keep the order of their source."""
    return action.due_on or date.max, action.kind


def _document(action: AwaitedAction, today: date) -> dict[str, Any]:
    return {
        "kind": action.kind,
        "id": action.id,
        "path": action.path,
        "org": action.org,
        "title": action.title(),
        "action": action.action,
        "label": action.action.title_.model_dump(),
        "due_on": action.due_on,
        **time_left(action.due_on, today),
    }
