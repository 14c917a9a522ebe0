"""The OpenAPI description of push bodies, which the endpoints read as a raw stream."""

from typing import Any, Final

from services.ingest.formats.media import Media
from services.ingest.formats.rows import CODE_LENGTH, NOTE_LENGTH
from shared.values.months import MONTH_PATTERN
from shared.vocabulary import LARGEST_COUNT

_ROW_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["metric", "area", "month", "value"],
    "properties": {
        "metric": {"type": "string", "maxLength": CODE_LENGTH},
        "area": {"type": "string", "maxLength": CODE_LENGTH},
        "month": {"type": "string", "pattern": MONTH_PATTERN},
        "value": {"type": "integer", "minimum": 0, "maximum": LARGEST_COUNT, "description": "A count, never a percentage."},
        "note": {"type": "string", "maxLength": NOTE_LENGTH, "description": "Note on the count (备注)."},
    },
}
_EXAMPLE_ROWS: Final = (
    {"metric": "fbb_subs_total", "area": "liangjiang", "month": "2022-08", "value": 150300},
    {"metric": "fbb_subs_500m", "area": "liangjiang", "month": "2022-08", "value": 38642, "note": "含政企专线"},
)


def body_content(field: str, rows: dict[str, Any], examples: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the `content` of a push's request body in every format; in JSON the array `rows` is in `field`."""
    document = {"type": "object", "additionalProperties": False, "required": [field], "properties": {field: rows}}
    return {
        Media.JSON: {"schema": document, "example": {field: examples}},
        Media.NDJSON: {"schema": {"type": "string", "description": "One row of the JSON form per line."}},
        Media.CSV: {
            "schema": {"type": "string", "description": "Header and rows in UTF-8 or GB18030, with Chinese or English titles."}
        },
        Media.XLSX: {"schema": {"type": "string", "format": "binary"}},
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "description": "One file of one of these types; parameters such as `month` go into the query.",
                "required": ["file"],
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        },
    }


OBSERVATIONS_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": body_content("observations", {"type": "array", "items": _ROW_SCHEMA}, list(_EXAMPLE_ROWS)),
    }
}
