"""In which form an answer is wanted: one JSON document, or a table as CSV or NDJSON."""

from typing import Annotated, Final, Literal

from pydantic import Field
from starlette.requests import Request

from shared.http.accept import accepted_ranges
from shared.problems import NotAcceptable
from shared.values.media_types import CSV, JSON, NDJSON

Format = Literal["json", "csv", "ndjson"]
TableFormat = Literal["csv", "ndjson"]
MEDIA_TYPES: Final[dict[Format, str]] = {"json": JSON, "csv": CSV, "ndjson": NDJSON}

FormatParameter = Annotated[
    Format | None,
    Field(
        description="`csv`: a table with byte-order mark, names beside codes. `ndjson`: one JSON object a line."
        " Left out: what `Accept` prefers, JSON where it does not care."
    ),
]
TABLE_RESPONSES: Final = {MEDIA_TYPES[table]: {"schema": {"type": "string"}} for table in ("csv", "ndjson")}
"""How the OpenAPI files describe the other forms of a JSON answer."""


def requested_format(request: Request, named: Format | None) -> Format:
    """The form that was named, or that `Accept` prefers. Raises `NotAcceptable` where it takes none of them."""
    if named is not None:
        return named
    accept = ",".join(request.headers.getlist("accept")) or "*/*"
    if accept in ("*/*", MEDIA_TYPES["json"]):
        return "json"
    named_ranges = accepted_ranges(accept)
    weights = {form: _weight(media, named_ranges) for form, media in MEDIA_TYPES.items()}
    best = max(weights, key=lambda form: weights[form])  # the first of equals
    if not weights[best]:
        raise NotAcceptable("可用：" + "、".join(MEDIA_TYPES.values()), "there is " + ", ".join(MEDIA_TYPES.values()))
    return best


def _weight(media: str, named: list[tuple[str, float]]) -> float:
    """What the most specific range that covers a media type gives it."""
    for covering in (media, f"{media.partition('/')[0]}/*", "*/*"):
        if weights := [weight for name, weight in named if name == covering]:
            return max(weights)
    return 0.0
