"""The history of an item: its moves and edits."""

from collections.abc import Iterable
from itertools import dropwhile
from typing import Any, Final
from uuid import UUID

from fastapi import Request, Response
from psycopg.rows import dict_row

from services.cases.items.call import ItemCall
from services.cases.items.kind import Kind
from services.cases.items.links import hidden_items
from services.cases.items.models import HistoryQuery
from shared.database.sql import statement
from shared.domain.transitions import Relation
from shared.http.lists import StoredRows, list_response
from shared.http.tables import Table, codes, computed, fields, members, term
from shared.tables.item import Item

_CHANGES: Final = statement(__package__, "list_changes")


def history_table(kind: Kind[Any]) -> Table:
    """Return the columns of the history of a kind's items."""
    return Table(
        f"{kind.code.replace('_', '-')}-history",
        "办理记录",
        (
            *fields("revision"),
            term("move", kind.moves),
            term("state", kind.states),
            *codes("org"),
            members("person", ["name", "title"]),
            *fields("at", "on", "reason"),
            computed(["changed_fields"], lambda change: [" ".join(one["field"] for one in change["changes"])]),
        ),
    )


async def list_history(call: ItemCall, kind: Kind[Any], row: Item, request: Request, query: HistoryQuery) -> Response:
    """Return the changes of an item, the first one first; of one that began as a draft, to others from its first move on."""
    binds = {"campaign": row.campaign, "org": row.org, "kind": kind.code, "item_id": row.id}
    async with call.in_scope_of(row):
        changes = await (await call.connection.cursor(row_factory=dict_row).execute(_CHANGES, binds)).fetchall()
    own = Relation.OWN in kind.relations(row, call.caller, call.definition)
    await _hide_links(call, kind, changes)
    shown = changes if own or not kind.begins_as_draft else dropwhile(lambda change: change["move"] is None, changes)
    rows = StoredRows(
        rows=[_document(kind, change) for change in shown],
        query_text=f"{call.operation} {row.campaign} {row.id}",
        row_key=lambda change: f"{change['revision']:010}",
        document=dict,
    )
    return await list_response(request, query, history_table(kind), call.definition, rows)


async def _hide_links(call: ItemCall, kind: Kind[Any], changes: Iterable[dict[str, Any]]) -> None:
    """Take the ids of items that the caller may not see out of changes; in these, ids are texts."""
    parts = [part for change in changes for part in (change["details"], change["before"], change["after"]) if part]
    named = [(part, name, UUID(part[name])) for part in parts for name in kind.links if part.get(name)]
    hidden = await hidden_items(call, kind, (id_ for _, _, id_ in named))
    for part, name, id_ in named:
        if id_ in hidden:
            part[name] = None


def _document(kind: Kind[Any], change: dict[str, Any]) -> dict[str, Any]:
    person = {"name": change["person_name"], "title": change["person_title"]} if change["person_name"] else None
    changes = [
        {"field": name, "before": change["before"][name], "after": change["after"][name]}
        for name in sorted(change["after"].keys() & kind.item.model_fields.keys())
    ]
    return kind.change.model_validate({**change, "person": person, "changes": changes}).model_dump(mode="json")
