"""Statements on items as they were at a time."""

import re
from typing import Final

from shared.database.sql import statement
from shared.tables.item import Item
from shared.vocabulary import RegistryKind

_ITEMS: Final = statement(__package__, "items_at")
_PLACE: Final = re.compile(r"items_at\((%\(\w+\)s)\)")


def items_statement(package: str, name: str, kind: RegistryKind, row: type[Item]) -> str:
    """Return the statement in `name`.sql, in which `items_at(%(time)s)` is the table of a kind's items as they were at a time."""
    items = _ITEMS.replace("item_table", str(row.__tablename__)).replace("item_kind", kind)

    def at(place: re.Match[str]) -> str:
        return f"({items.replace('item_time', f'CAST({place[1]} AS timestamptz)')})"

    return _PLACE.sub(at, statement(package, name))
