"""The JSON response of all endpoints."""

from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response


class JsonResponse(Response):
    """A JSON response: UTF-8, keys in the given order, dates and UUIDs as strings."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:  # noqa: ANN401 - whatever JSON can hold
        """Return the bytes of the body."""
        return orjson.dumps(content)


class ResponseModel(BaseModel):
    """The base of schemas of JSON responses: every field is always present."""

    model_config = ConfigDict(frozen=True)
