"""The format of a response: one JSON document, or a table as CSV or NDJSON."""

from typing import Annotated, Final, Literal

from pydantic import Field
from starlette.requests import Request

from shared.http.accept import accepted_ranges
from shared.problems import NotAcceptable
from shared.values.media_types import CSV, JSON, NDJSON

Format = Literal["json", "csv", "ndjson"]
TableFormat = Literal["csv", "ndjson"]
MEDIA_TYPE_BY_FORMAT: Final[dict[Format, str]] = {"json": JSON, "csv": CSV, "ndjson": NDJSON}

FormatParameter = Annotated[
    Format | None,
    Field(
        description="`csv`: a table with byte-order mark, with names and codes. `ndjson`: one JSON object per line."
        " Defaults to the `Accept` header, then JSON."
    ),
]
TABLE_RESPONSES: Final = {MEDIA_TYPE_BY_FORMAT[table]: {"schema": {"type": "string"}} for table in ("csv", "ndjson")}
"""The OpenAPI description of the table formats of a JSON response."""


def requested_format(request: Request, parameter: Format | None) -> Format:
    """Return the format of the query parameter, or the one that `Accept` prefers. Raises NotAcceptable if it excludes all."""
    if parameter is not None:
        return parameter
    accept = ",".join(request.headers.getlist("accept")) or "*/*"
    if accept in ("*/*", MEDIA_TYPE_BY_FORMAT["json"]):
        return "json"
    ranges = accepted_ranges(accept)
    weights = {format_: _weight(media_type, ranges) for format_, media_type in MEDIA_TYPE_BY_FORMAT.items()}
    best = max(weights, key=lambda format_: weights[format_])  # the first of equals
    if not weights[best]:
        raise NotAcceptable(
            f"可提供的媒体类型：{'、'.join(MEDIA_TYPE_BY_FORMAT.values())}。",
            f"Available media types: {', '.join(MEDIA_TYPE_BY_FORMAT.values())}.",
        )
    return best


def _weight(media_type: str, ranges: list[tuple[str, float]]) -> float:
    """Return the weight that the most specific matching range gives a media type."""
    for candidate in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if weights := [weight for name, weight in ranges if name == candidate]:
            return max(weights)
    return 0.0
