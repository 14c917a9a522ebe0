"""How a register's rows look in the OpenAPI files: made from its columns, so that the two cannot differ."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from pydantic import Field, create_model

from services.ingest.formats.media import Media
from shared.http.json_response import ResponseModel
from shared.registers import MAX_ROWS, Column, Register
from shared.values.months import MONTH_PATTERN
from shared.vocabulary import ColumnKind

_TYPES: Final[dict[ColumnKind, type[Any]]] = {
    ColumnKind.INTEGER: int,
    ColumnKind.DECIMAL: float,
    ColumnKind.YES_NO: bool,
    ColumnKind.TERMS: list[str],
}


_TABLE: Final = "Header and rows, UTF-8 or GB18030, Chinese or English."


def row_model(register: Register) -> type[ResponseModel]:
    """A row as it stands, with what wrote it."""
    columns: dict[str, Any] = {}
    for column in register.columns:
        kind = _TYPES.get(column.kind, str)
        columns[column.name] = (kind if column.required else kind | None, Field(description=_words(column)))
    made: dict[str, Any] = {
        "org": (str, Field(description="Whose list it stands on.")),
        **columns,
        "data_version": (int, Field(description="The version that wrote it.")),
        "import_id": (UUID, ...),
        "reported_at": (datetime, ...),
    }
    return create_model(f"{register.schema}Row", __base__=ResponseModel, __doc__=register.about, **made)


def body(register: Register) -> dict[str, Any]:
    """The body of a push."""
    example = {column.name: column.example for column in register.columns if column.example is not None}
    row = {
        "type": "object",
        "title": register.schema,
        "description": register.about,
        "additionalProperties": False,
        "required": list(register.required),
        "properties": {column.name: _schema(column) for column in register.columns},
    }
    rows = {"type": "array", "maxItems": MAX_ROWS, "items": row}
    whole = {"type": "object", "additionalProperties": False, "required": ["rows"], "properties": {"rows": rows}}
    return {
        "requestBody": {
            "required": False,
            "description": "May be left out where `copy_from` names the rows.",
            "content": {
                Media.JSON: {"schema": whole, "example": {"rows": [example]}},
                Media.NDJSON: {"schema": {"type": "string", "description": "One row of the JSON form a line."}},
                Media.CSV: {"schema": {"type": "string", "description": _TABLE}},
                Media.XLSX: {"schema": {"type": "string", "format": "binary"}},
            },
        }
    }


def _schema(column: Column) -> dict[str, Any]:
    match column.kind:
        case ColumnKind.INTEGER:
            made: dict[str, Any] = {"type": "integer", "format": "int64", "minimum": column.least, "maximum": column.most}
        case ColumnKind.DECIMAL:
            made = {"type": "number", "minimum": column.least, "maximum": column.most}
        case ColumnKind.YES_NO:
            made = {"type": "boolean"}
        case ColumnKind.TERMS:
            made = {"type": "array", "maxItems": 20, "items": {"type": "string", "maxLength": column.longest}}
        case ColumnKind.MONTH:
            made = {"type": "string", "pattern": MONTH_PATTERN}
        case ColumnKind.DATE:
            made = {"type": "string", "format": "date"}
        case ColumnKind.INSTANT:
            made = {"type": "string", "format": "date-time"}
        case _:
            made = {"type": "string", "maxLength": column.longest}
    return made | {"description": _words(column)}


def _words(column: Column) -> str:
    return f"{column.title.zh} / {column.title.en}"
