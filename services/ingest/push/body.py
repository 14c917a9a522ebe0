"""The OpenAPI description of push bodies, which the endpoints read as a raw stream.

A schema with a title is published under it (`openapi/schemas.py`).
"""

from typing import Any, Final

from services.ingest.formats.json_rows.counts import COUNTS_FIELD
from services.ingest.formats.media import Media
from services.ingest.formats.rows import CODE_LENGTH, NOTE_LENGTH
from shared.settings import Settings
from shared.values.months import MONTH_PATTERN
from shared.vocabulary import LARGEST_COUNT

_ROW_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "title": "NewObservation",
    "description": "A count to store.",
    "additionalProperties": False,
    "required": ["metric", "area", "month", "value"],
    "properties": {
        "metric": {"type": "string", "maxLength": CODE_LENGTH, "description": "Metric code."},
        "area": {"type": "string", "maxLength": CODE_LENGTH, "description": "Area code."},
        "month": {"type": "string", "pattern": MONTH_PATTERN, "description": "Month, such as 2022-08."},
        "value": {"type": "integer", "minimum": 0, "maximum": LARGEST_COUNT, "description": "A count, never a percentage."},
        "note": {"type": "string", "maxLength": NOTE_LENGTH, "description": "Note on the count (备注)."},
    },
}
_MAX_ROWS: Final[int] = Settings.model_fields["bulk_max_rows"].default  # an installation may allow fewer
_EXAMPLE_ROWS: Final = (
    {"metric": "fbb_subs_total", "area": "liangjiang", "month": "2022-08", "value": 150300},
    {"metric": "fbb_subs_500m", "area": "liangjiang", "month": "2022-08", "value": 38642, "note": "含政企专线"},
)


def rows_body(
    title: str, field: str, rows: dict[str, Any], examples: list[dict[str, Any]], description: str | None = None
) -> dict[str, Any]:
    """Return the `openapi_extra` of a push of JSON, with the array `rows` in `field`.

    The body is required unless a description says when it may be omitted.
    """
    document = {
        "type": "object",
        "title": title,
        "description": "Rows to push.",
        "additionalProperties": False,
        "required": [field],
        "properties": {field: rows},
        "examples": [{field: examples}],
    }
    content = {Media.JSON: {"schema": document}}
    optional = {"description": description} if description else {}
    return {"requestBody": {"required": description is None, **optional, "content": content}}


def files_body(*, required: bool = True) -> dict[str, Any]:
    """Return the `openapi_extra` of a push of a file.

    All types are bytes. Forms are not declared: client generators make no code that compiles from bytes and forms in one body.
    """
    description = (
        "NDJSON: one row of the JSON form per line. CSV: header and rows in UTF-8 or GB18030. Titles are Chinese or English."
        " `application/octet-stream`: any of them. A browser's form (`multipart/form-data`) with one file is read as well."
    )
    media_types = ("application/octet-stream", Media.NDJSON, Media.CSV, Media.XLSX)
    content = {media_type: {"schema": {"type": "string", "format": "binary"}} for media_type in media_types}
    return {"requestBody": {"required": required, "description": description, "content": content}}


OBSERVATIONS_BODY: Final = rows_body(
    "ObservationPush",
    COUNTS_FIELD,
    {"type": "array", "maxItems": _MAX_ROWS, "items": _ROW_SCHEMA},
    [dict(row) for row in _EXAMPLE_ROWS],
)
