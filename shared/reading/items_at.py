"""Items as they were at a time, in statements of `.sql` files and in those that SQLAlchemy builds."""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final

from sqlalchemy import CTE, inspect, text

from shared.database.sql import statement
from shared.tables.item import Item
from shared.vocabulary import RegistryKind

_TABLES: Final = {name: statement(__package__, name) for name in ("items_at", "states_at")}
_WITH_DECLARED: Final = statement(__package__, "with_declared_items")
_PLACE: Final = re.compile(r"(items_at|states_at)\((%\(\w+\)s)\)")


def items_statement(package: str, name: str, kind: RegistryKind, row: type[Item], **constants: bool) -> str:
    """Return the statement in `name`.sql, which reads the items of a kind as they were at a time.

    In it, `items_at(%(time)s)` is the table of the items at that time, and `states_at(%(time)s)` that of the states then of items
    whose state has changed since.
    """

    def table(place: re.Match[str]) -> str:
        return f"({_query(place[1], kind, row, place[2])})"

    return _PLACE.sub(table, statement(package, name, **constants))


def table_at(
    kind: RegistryKind,
    row: type[Item],
    campaign: str,
    *,
    past: bool,
    declared: Collection[Mapping[str, Any]] = (),
) -> CTE:
    """Return the table of a kind's items as they are now, or as they were at the time `item_time`, a bind of the statement.

    It has the table's name, so that it hides it in a statement. `declared` are columns of items that are there without a row.
    """
    table = str(row.__tablename__)
    items = f"SELECT i.* FROM {table} i WHERE i.campaign = :campaign"  # noqa: S608 - no input
    binds: dict[str, object] = {"campaign": campaign}
    if past:
        items = _query("items_at", kind, row, ":item_time").replace("%(campaign)s", ":campaign")
        binds["item_time"] = None  # that of each execution
    if declared:
        items = _WITH_DECLARED.replace("item_table", table).replace("stored_items", items)
        binds["declared"] = json.dumps(list(declared), default=str)
    return text(items).bindparams(**binds).columns(*inspect(row).local_table.columns).cte(table)


def _query(name: str, kind: RegistryKind, row: type[Item], time: str) -> str:
    query = _TABLES[name].replace("item_table", str(row.__tablename__)).replace("item_kind", kind)
    return query.replace("item_time", f"CAST({time} AS timestamptz)")
