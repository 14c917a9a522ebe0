"""Items as they were at a time, in statements of `.sql` files and in those that SQLAlchemy builds."""

import json
import re
from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import CTE, Column, Table, Text, inspect, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from shared.database.sql import statement
from shared.tables.item import Item
from shared.vocabulary import RegistryKind

_TABLES: Final = {name: statement(__package__, name) for name in ("items_at", "states_at")}
_WITH_DECLARED: Final = statement(__package__, "with_declared_items")
_PLACE: Final = re.compile(r"(items_at|states_at)\((%\(\w+\)s)\)")
_DIALECT: Final = PGDialect_psycopg()  # type: ignore[no-untyped-call]
_WITHOUT_HISTORY: Final = frozenset({"campaign", "org", "id", "revision", "created_at", "search_text"})
_EARLIER_CHANGE: Final = """
coalesce((
    SELECT max(m.at)
    FROM item_move m
    WHERE m.campaign = i.campaign AND m.org = i.org AND m.kind = 'item_kind' AND m.item_id = i.id AND m.at <= item_time
), i.created_at)
"""


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
    table = _table(row)
    items = f"SELECT {_names(table)} FROM {table.name} i WHERE i.campaign = :campaign"  # noqa: S608 - no input
    binds: dict[str, object] = {"campaign": campaign}
    if past:
        items = _query("items_at", kind, row, ":item_time").replace("%(campaign)s", ":campaign")
        binds["item_time"] = None  # that of each execution
    if declared:
        with_declared = _WITH_DECLARED.replace("item_table", table.name).replace("item_columns", _names(table))
        items = with_declared.replace("stored_items", items)
        binds["declared"] = json.dumps(list(declared), default=str)
    return text(items).bindparams(**binds).columns(*table.columns).cte(table.name)


@cache
def _query(name: str, kind: RegistryKind, row: type[Item], time: str) -> str:
    table = _table(row)
    query = _TABLES[name].replace("earlier_columns", ", ".join(map(_earlier_column, table.columns)))
    query = query.replace("item_columns", _names(table)).replace("item_table", table.name).replace("item_kind", kind)
    return query.replace("item_time", f"CAST({time} AS timestamptz)")


def _table(row: type[Item]) -> Table:
    table: Table = inspect(row).local_table
    return table


def _names(table: Table) -> str:
    return ", ".join(f"i.{column.name}" for column in table.columns)


def _earlier_column(column: Column[Any]) -> str:
    """Return a column before the later changes: the previous value of the first one that changed it, or else the present value.

    The server computes the columns that a statement uses. To fill whole rows from JSON took more than half of the time.
    """
    name = column.name
    if name in _WITHOUT_HISTORY:
        return f"i.{name}"
    if name == "updated_at":
        return f"{_EARLIER_CHANGE} AS {name}"
    first = f"jsonb_path_query_first(c.before, '$[*].{name}')"
    earlier = f"{first} #>> '{{}}'"
    if isinstance(column.type, ARRAY | JSONB):
        earlier = f"(jsonb_populate_record(CAST(NULL AS item_table), jsonb_build_object('{name}', {first}))).{name}"
    elif not isinstance(column.type, Text):
        earlier = f"CAST({earlier} AS {column.type.compile(dialect=_DIALECT)})"
    return f"CASE WHEN jsonb_path_exists(c.before, '$[*].{name}') THEN {earlier} ELSE i.{name} END AS {name}"
