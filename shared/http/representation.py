"""The format of a response: one JSON document or a table as CSV, and further formats in operations of their own."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal

from pydantic import Field
from starlette.requests import Request

from shared.http.accept import accepted_ranges
from shared.problems import NotAcceptable
from shared.values.media_types import CSV, DOCX, JSON, NDJSON, XLSX

Format = Literal["json", "csv", "ndjson", "xlsx", "docx"]
MEDIA_TYPE_BY_FORMAT: Final[dict[Format, str]] = {"json": JSON, "csv": CSV, "ndjson": NDJSON, "xlsx": XLSX, "docx": DOCX}

_NEGOTIATED: Final[tuple[Format, ...]] = ("json", "csv")
"""Formats that one operation returns: client generators make a type of JSON and text, but not of further formats beside them."""

FormatParameter = Annotated[
    Literal["json", "csv"] | None,
    Field(
        description="`csv`: all rows as one table, with codes and their names in Chinese and English. Defaults to the `Accept`"
        " header, then JSON."
    ),
]
BomParameter = Annotated[
    bool,
    Field(
        description="Start CSV with a byte-order mark, by which spreadsheet programs recognise UTF-8; `false` for programs that"
        " take it for a part of the first column's name."
    ),
]


def csv_response(columns: Sequence[str]) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI description of a response as CSV with these columns, beside JSON."""
    return {200: {"content": {CSV: {"schema": {"type": "string"}, "x-columns": list(columns)}}}}


def requested_format(request: Request, parameter: Format | None) -> Format:
    """Return the format of the query parameter, or the one that `Accept` prefers. Raises NotAcceptable if it excludes all."""
    if parameter is not None:
        return parameter
    media_type = preferred_media_type(request, [MEDIA_TYPE_BY_FORMAT[format_] for format_ in _NEGOTIATED])
    return next(format_ for format_ in _NEGOTIATED if MEDIA_TYPE_BY_FORMAT[format_] == media_type)


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
