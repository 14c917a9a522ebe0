"""Columns of the tables of items."""

from shared.http.tables import TableColumn, computed


def moves_column(name: str) -> TableColumn:
    """Return a column with the moves that the caller may make now."""
    return computed([name], lambda item: [" ".join(action["move"] for action in item[name])])
