"""OpenAPI schemas of register rows, generated from the columns of the registers."""

from collections.abc import Iterator
from functools import partial
from typing import Any, Final
from uuid import UUID

from pydantic import Field, create_model

from services.ingest.push.body import rows_body
from services.ingest.registers.reading import ROWS_FIELD
from shared.campaign.applied import AppliedDefinition
from shared.campaign.names import Names
from shared.campaign.register_terms import terms_of
from shared.http.json_response import ResponseModel
from shared.http.tables import Table, TableColumn, codes, fields, named
from shared.registers import MAX_ROWS, Column, Register
from shared.values.months import MONTH_PATTERN
from shared.values.timestamps import Timestamp
from shared.vocabulary import ColumnKind, RegisterCode

_TYPES: Final[dict[ColumnKind, type[Any]]] = {
    ColumnKind.INTEGER: int,
    ColumnKind.DECIMAL: float,
    ColumnKind.YES_NO: bool,
    ColumnKind.TERMS: list[str],
    ColumnKind.INSTANT: Timestamp,
}


def row_model(register: Register) -> type[ResponseModel]:
    """Return the model of a stored row, with the import that wrote it."""
    columns: dict[str, Any] = {}
    for column in register.columns:
        kind = _TYPES.get(column.kind, str)
        columns[column.name] = (kind if column.required else kind | None, Field(description=_description(column)))
    fields: dict[str, Any] = {
        "org": (str, Field(description="Organisation that keeps the row.")),
        **columns,
        "data_version": (int, Field(description="Data version that last changed the row.")),
        "import_id": (UUID, Field(description="Import that last changed the row.")),
        "reported_at": (Timestamp, Field(description="Timestamp of that import.")),
    }
    return create_model(f"{register.schema}Row", __base__=ResponseModel, __doc__=register.about, **fields)


def register_table(register: Register) -> Table:
    """Return the table of the stored rows."""
    columns = [column for each in register.columns for column in _table_columns(register, each)]
    origin = fields("data_version", "import_id", "reported_at")
    return Table(register.code.replace("_", "-"), register.code.title_.zh, (*codes("org"), *columns, *origin))


def _table_columns(register: Register, column: Column) -> Iterator[TableColumn]:
    """Yield the columns of a register's column: a code with its names, any other value alone."""
    if column.kind is ColumnKind.AREA:
        yield from codes(column.name)
    elif column.kind is ColumnKind.TERM:
        yield named(column.name, partial(_term_names, register.code, column))
    else:
        yield from fields(column.name)


def _term_names(register: RegisterCode, column: Column, definition: AppliedDefinition, code: str) -> Names:
    """Return a code with its names; a code that the campaign no longer allows has none."""
    names = terms_of(definition, register, column).get(code)
    return (code, names.title.zh, names.title.en) if names else (code, "", "")


def body(register: Register) -> dict[str, Any]:
    """Return the OpenAPI request body of a push."""
    example = {column.name: column.example for column in register.columns if column.example is not None}
    row = {
        "type": "object",
        "title": f"New{register.schema}",
        "description": register.about,
        "additionalProperties": False,
        "required": list(register.required),
        "properties": {column.name: _schema(column) for column in register.columns},
    }
    rows = {"type": "array", "maxItems": MAX_ROWS, "items": row}
    return rows_body(f"{register.schema}Push", ROWS_FIELD, rows, [example], "May be omitted if `copy_from` is given.")


def _schema(column: Column) -> dict[str, Any]:
    match column.kind:
        case ColumnKind.INTEGER:
            schema: dict[str, Any] = {"type": "integer", "format": "int64", "minimum": column.least, "maximum": column.most}
        case ColumnKind.DECIMAL:
            schema = {"type": "number", "minimum": column.least, "maximum": column.most}
        case ColumnKind.YES_NO:
            schema = {"type": "boolean"}
        case ColumnKind.TERMS:
            schema = {"type": "array", "maxItems": 20, "items": {"type": "string", "maxLength": column.longest}}
        case ColumnKind.MONTH:
            schema = {"type": "string", "pattern": MONTH_PATTERN}
        case ColumnKind.DATE:
            schema = {"type": "string", "format": "date"}
        case ColumnKind.INSTANT:
            schema = {"type": "string", "format": "date-time"}
        case _:
            schema = {"type": "string", "maxLength": column.longest}
    return schema | {"description": _description(column)}


def _description(column: Column) -> str:
    return f"{column.title.zh} / {column.title.en}"
