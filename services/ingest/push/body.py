"""The body of a push, as the OpenAPI file describes it: the endpoint reads the raw stream."""

from typing import Any

from services.ingest.formats.media import Media
from shared.values.months import MONTH_PATTERN
from shared.vocabulary import LARGEST_COUNT

_EXAMPLE_ROWS = [
    {"metric": "fbb_subs_total", "area": "liangjiang", "month": "2022-08", "value": 150300},
    {"metric": "fbb_subs_500m", "area": "liangjiang", "month": "2022-08", "value": 38642, "note": "含政企专线"},
]
_ROW_SCHEMA = {
    "type": "object",
    "additionalProperties": False,
    "required": ["metric", "area", "month", "value"],
    "properties": {
        "metric": {"type": "string", "maxLength": 100},
        "area": {"type": "string", "maxLength": 100},
        "month": {"type": "string", "pattern": MONTH_PATTERN},
        "value": {"type": "integer", "minimum": 0, "maximum": LARGEST_COUNT, "description": "A count, never a percentage."},
        "note": {"type": "string", "maxLength": 500, "description": "备注"},
    },
}
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            Media.JSON: {
                "schema": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["observations"],
                    "properties": {"observations": {"type": "array", "items": _ROW_SCHEMA}},
                },
                "example": {"observations": _EXAMPLE_ROWS},
            },
            Media.NDJSON: {"schema": {"type": "string", "description": "One object of the JSON form a line."}},
            Media.CSV: {"schema": {"type": "string", "description": "Header and rows, UTF-8 or GB18030, Chinese or English."}},
            Media.XLSX: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}
