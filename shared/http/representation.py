"""The format of a response: one JSON document, or a table as CSV, NDJSON or XLSX."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field
from starlette.requests import Request

from shared.http.accept import accepted_ranges
from shared.problems import NotAcceptable
from shared.values.media_types import CSV, DOCX, JSON, NDJSON, XLSX

Format = Literal["json", "csv", "ndjson", "xlsx", "docx"]
MEDIA_TYPE_BY_FORMAT: Final[dict[Format, str]] = {"json": JSON, "csv": CSV, "ndjson": NDJSON, "xlsx": XLSX, "docx": DOCX}

LIST_FORMATS: Final[tuple[Format, ...]] = ("json", "csv")
EXPORT_FORMATS: Final[tuple[Format, ...]] = ("json", "csv", "ndjson")

_CSV_TEXT: Final = "`csv`: all rows as one table, with codes and their names in Chinese and English."
_DEFAULT_TEXT: Final = "Defaults to the `Accept` header, then JSON."
ListFormatParameter = Annotated[Literal["json", "csv"] | None, Field(description=f"{_CSV_TEXT} {_DEFAULT_TEXT}")]
FormatParameter = Annotated[
    Literal["json", "csv", "ndjson"] | None, Field(description=f"{_CSV_TEXT} `ndjson`: one JSON object per line. {_DEFAULT_TEXT}")
]
SummaryFormatParameter = Annotated[
    Literal["json", "csv", "ndjson", "xlsx"] | None,
    Field(description=f"{_CSV_TEXT} `ndjson`: one JSON object per line. `xlsx`: the table as a workbook. {_DEFAULT_TEXT}"),
]
BomParameter = Annotated[
    bool,
    Field(
        description="Start CSV with a byte-order mark, by which spreadsheet programs recognise UTF-8; `false` for programs that"
        " take it for a part of the first column's name."
    ),
]


def table_content(formats: Iterable[Format], columns: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return the OpenAPI description of the table formats of a response, with the columns of its CSV."""
    text: dict[str, Any] = {"schema": {"type": "string"}}
    named = {"x-columns": list(columns)}
    contents: dict[Format, dict[str, Any]] = {
        "csv": text | named,
        "ndjson": text,
        "xlsx": {"schema": {"type": "string", "format": "binary"}} | named,
    }
    return {MEDIA_TYPE_BY_FORMAT[format_]: contents[format_] for format_ in formats if format_ != "json"}


def requested_format(request: Request, parameter: Format | None, formats: Sequence[Format] = EXPORT_FORMATS) -> Format:
    """Return the format of the query parameter, or the one that `Accept` prefers. Raises NotAcceptable if it excludes all."""
    if parameter is not None:
        return parameter
    media_type = preferred_media_type(request, [MEDIA_TYPE_BY_FORMAT[format_] for format_ in formats])
    return next(format_ for format_ in formats if MEDIA_TYPE_BY_FORMAT[format_] == media_type)


def preferred_media_type(request: Request, media_types: Sequence[str]) -> str:
    """Return the media type that `Accept` prefers, the first of equals. Raises NotAcceptable if it excludes all."""
    accept = ",".join(request.headers.getlist("accept")) or "*/*"
    if accept in ("*/*", media_types[0]):
        return media_types[0]
    ranges = accepted_ranges(accept)
    weights = {media_type: _weight(media_type, ranges) for media_type in media_types}
    best = max(media_types, key=lambda media_type: weights[media_type])
    if not weights[best]:
        raise NotAcceptable(f"可提供的媒体类型：{'、'.join(media_types)}。", f"Available media types: {', '.join(media_types)}.")
    return best


def _weight(media_type: str, ranges: list[tuple[str, float]]) -> float:
    """Return the weight that the most specific matching range gives a media type."""
    for candidate in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if weights := [weight for name, weight in ranges if name == candidate]:
            return max(weights)
    return 0.0
