"""What a backup copies: every table of the schema, as text in the order of its primary key.

So equal rows are equal bytes, and one hash a table says whether two databases hold the same.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

import psycopg
from psycopg import sql
from psycopg.rows import class_row

from shared.campaign.definition import EVERYBODY
from shared.database.sql import statement

# Rows look the same whatever the server's and the role's own settings; nothing here is cut short by them.
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
PIECE = 1 << 17
_TABLES = statement(__package__, "tables")
_SCOPE = "SELECT version FROM gigacity_begin(%s, %s, 'campaign')"


@dataclass(frozen=True)
class BackupTable:
    """One table, as the server's catalogue describes it."""

    name: str
    columns: list[str]  # that are stored, generated ones left out
    key: list[str]
    texts: list[str]  # of the key: columns that compare as text
    parents: list[str]  # tables its rows refer to
    by_campaign: bool  # row-level security shows one campaign at a time
    forced: bool  # to the owner as well

    def copy_out(self, campaign: str | None) -> sql.Composed:
        """The statement that reads the rows of one campaign, or all of them."""
        order = [
            sql.SQL('{} COLLATE "C"' if name in self.texts else "{}").format(sql.Identifier(name)) for name in self.key
        ]  # by bytes: servers may sort words differently
        return sql.SQL("COPY (SELECT {} FROM {}{} ORDER BY {}) TO STDOUT").format(
            _names(self.columns),
            sql.Identifier(self.name),
            sql.SQL("") if campaign is None else sql.SQL(" WHERE campaign = {}").format(sql.Literal(campaign)),
            sql.SQL(", ").join(order),
        )

    def copy_in(self) -> sql.Composed:
        """The statement that loads rows."""
        return sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(self.name), _names(self.columns))

    def force(self, *, on: bool) -> sql.Composed:
        """The statement that puts the owner under row-level security, or above it."""
        command = "ALTER TABLE {} FORCE ROW LEVEL SECURITY" if on else "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY"
        return sql.SQL(command).format(sql.Identifier(self.name))


@dataclass
class RowDigest:
    """How many rows went by, and the SHA-256 of their bytes."""

    rows: int = 0
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def feed(self, data: bytes) -> None:
        """Take in some whole or broken rows: in COPY's text each row ends with the only newline in it."""
        self.rows += data.count(b"\n")
        self._digest.update(data)

    @property
    def sha256(self) -> str:
        """In hex."""
        return self._digest.hexdigest()


def configure_session(connection: psycopg.Connection) -> None:
    """Give the session the settings that a copy needs."""
    connection.execute(
        sql.SQL("SELECT {}").format(
            sql.SQL(", ").join(sql.SQL("set_config({}, {}, false)").format(name, value) for name, value in SESSION)
        )
    )


def list_tables(connection: psycopg.Connection) -> list[BackupTable]:
    """Every table, parents before their children."""
    with connection.cursor(row_factory=class_row(BackupTable)) as cursor:
        found = {table.name: table for table in cursor.execute(_TABLES)}
    return [found[name] for name in TopologicalSorter({name: found[name].parents for name in found}).static_order()]


def copy_rows(
    connection: psycopg.Connection, table: BackupTable, campaigns: Iterable[str] | None, sink: Callable[[bytes], object]
) -> RowDigest:
    """Lead a table's rows into `sink`.

    `campaigns`: where row-level security holds for this login, whose rows to step through, sorted; None where it sees all.
    """
    tally = RowDigest()
    for campaign in campaigns if table.by_campaign and campaigns is not None else [None]:
        if campaign is not None:
            connection.execute(_SCOPE, [campaign, EVERYBODY])
        with connection.cursor() as cursor, cursor.copy(table.copy_out(campaign)) as rows:
            for piece in _pieces(rows):
                tally.feed(piece)
                sink(piece)
    return tally


def _pieces(rows: psycopg.Copy) -> Iterator[bytes]:
    """Rows by the hundred: one at a time costs more in calls than in bytes."""
    piece = bytearray()
    for row in rows:
        piece += row
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    yield bytes(piece)


def _names(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))
