"""The JSON response of all endpoints."""

from datetime import date, datetime
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from shared.http import etag
from shared.values.timestamps import timestamp_text


class JsonResponse(Response):
    """A JSON response: UTF-8, keys in the given order, dates and UUIDs as strings."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:  # noqa: ANN401 - whatever JSON can hold
        """Return the bytes of the body."""
        return json_bytes(content)


def json_bytes(content: object, *, newline: bool = False) -> bytes:
    """Return JSON bytes: dates and UUIDs as strings, timestamps in the one form of the API."""
    return orjson.dumps(content, _text, orjson.OPT_PASSTHROUGH_DATETIME | (orjson.OPT_APPEND_NEWLINE if newline else 0))


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return timestamp_text(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError


class ResponseModel(BaseModel):
    """The base of schemas of JSON responses: every field is always present."""

    model_config = ConfigDict(frozen=True)


def item_response(document: object, revision: int | str, request: Request | None = None) -> Response:
    """Return an item that can be changed, with the tag of its revision and bytes; for a read, or 304 if the client has them."""
    body = json_bytes(document)
    tag = etag.revision_tag(revision, body)
    unchanged = etag.not_modified(request, tag) if request else None
    return unchanged or Response(body, 200, etag.cache_headers(tag), JsonResponse.media_type)


def tagged_json(request: Request, document: object) -> Response:
    """Return a JSON response whose tag is that of its bytes, or 304 if the client has them."""
    body = json_bytes(document)
    tag = etag.entity_tag(body)
    return etag.not_modified(request, tag) or Response(body, 200, etag.cache_headers(tag), JsonResponse.media_type)
