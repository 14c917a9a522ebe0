"""Copies the tables of the schema as text, in the order of the primary key.

Equal rows are so equal bytes, and one hash a table shows if two databases have the same content.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from shared.campaign.blocks import EVERYBODY
from shared.database.sql import statement

# The server's and the role's own settings must neither change the text of rows nor end a long copy.
SESSION = (
    ("timezone", "UTC"),
    ("datestyle", "ISO, MDY"),
    ("bytea_output", "hex"),
    ("extra_float_digits", "1"),
    ("client_encoding", "UTF8"),
    ("search_path", "public"),
    ("row_security", "on"),
    ("statement_timeout", "0"),
    ("idle_in_transaction_session_timeout", "0"),
    ("lock_timeout", "30s"),
)
MIN_PIECE_BYTES = 1 << 17
_TABLES = statement(__package__, "tables")
_SCOPE = "SELECT version FROM gigacity_begin(%s, %s, 'campaign')"


@dataclass(frozen=True)
class BackupTable:
    """A table as described by the server's catalogue."""

    name: str
    columns: list[str]  # without generated ones
    key: list[str]
    text_keys: list[str]  # columns of the key that are compared as text
    parents: list[str]  # tables that its foreign keys refer to
    by_campaign: bool  # row-level security shows one campaign at a time
    forced: bool  # row-level security applies to the owner too

    def copy_out_statement(self, campaign: str | None) -> sql.Composed:
        """Return the statement that reads the rows of one campaign, or all rows."""
        order = [
            sql.SQL('{} COLLATE "C"' if name in self.text_keys else "{}").format(sql.Identifier(name)) for name in self.key
        ]  # by bytes: collations differ between servers
        return sql.SQL("COPY (SELECT {} FROM {}{} ORDER BY {}) TO STDOUT").format(
            _names(self.columns),
            sql.Identifier(self.name),
            sql.SQL("") if campaign is None else sql.SQL(" WHERE campaign = {}").format(sql.Literal(campaign)),
            sql.SQL(", ").join(order),
        )

    def copy_in_statement(self) -> sql.Composed:
        """Return the statement that loads rows."""
        return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(self.name), _names(self.columns))

    def force_statement(self, *, on: bool) -> sql.Composed:
        """Return the statement that switches row-level security for the owner on or off."""
        command = "ALTER TABLE {} FORCE ROW LEVEL SECURITY" if on else "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY"
        return sql.SQL(command).format(sql.Identifier(self.name))


@dataclass
class RowDigest:
    """Number of rows and SHA-256 of their bytes."""

    rows: int = 0
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def feed(self, piece: bytes) -> None:
        """Add bytes. They may end within a row: in COPY's text format, each row has one newline, at its end."""
        self.rows += piece.count(b"\n")
        self._digest.update(piece)

    @property
    def sha256(self) -> str:
        """The hash in hexadecimal."""
        return self._digest.hexdigest()


def configure_session(connection: psycopg.Connection) -> None:
    """Set the session's settings for a copy."""
    connection.execute(
        sql.SQL("SELECT {}").format(
            sql.SQL(", ").join(sql.SQL("set_config({}, {}, false)").format(name, value) for name, value in SESSION)
        )
    )


def list_tables(connection: psycopg.Connection) -> list[BackupTable]:
    """Return every table, parents before children."""
    with connection.cursor(row_factory=class_row(BackupTable)) as cursor:
        by_name = {table.name: table for table in cursor.execute(_TABLES)}
    return [by_name[name] for name in TopologicalSorter({name: table.parents for name, table in by_name.items()}).static_order()]


def copy_table(
    connection: psycopg.Connection, table: BackupTable, campaigns: Iterable[str] | None, sink: Callable[[bytes], object]
) -> RowDigest:
    """Write a table's rows to `sink`.

    `campaigns`: the sorted campaigns to copy one by one, if row-level security applies to this login; None if it reads all rows.
    """
    digest = RowDigest()
    for campaign in campaigns if table.by_campaign and campaigns is not None else [None]:
        if campaign is not None:
            connection.execute(_SCOPE, [campaign, EVERYBODY])
        with connection.cursor() as cursor, cursor.copy(table.copy_out_statement(campaign)) as rows:
            for piece in _pieces(rows):
                digest.feed(piece)
                sink(piece)
    return digest


def _pieces(rows: psycopg.Copy) -> Iterator[bytes]:
    """Join rows to larger pieces: single rows would cost more in calls than in bytes."""
    piece = bytearray()
    for row in rows:
        piece += row
        if len(piece) >= MIN_PIECE_BYTES:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def _names(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
