"""Versions of the definition, as a reader may see them."""

from typing import Any, Final

from psycopg.rows import dict_row

from shared.database.sql import statement
from shared.domain.visibility import CARRIERS_AND_STREETS
from shared.reading.reading import Reading

LIST_VERSIONS: Final = statement(__package__, "list_definitions")


async def read_version(reading: Reading, version: int) -> dict[str, Any]:
    """Return a version as `DefinitionVersion` describes it."""
    binds = {"campaign": reading.reader.campaign, "after_version": version + 1, "limit": 1}
    (row,) = await (await reading.connection.cursor(row_factory=dict_row).execute(LIST_VERSIONS, binds)).fetchall()
    return version_document(row, reading)


def version_document(row: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """Return a row as `DefinitionVersion` describes it, as of the data version of the reading."""
    in_force = row["until"] is None or row["until"] > reading.version
    hides_client = reading.reader.role in CARRIERS_AND_STREETS
    return row | ({"until": None} if in_force else {}) | ({"client": None} if hides_client else {})
