"""The one way a JSON answer is written."""

from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict
from starlette.responses import Response


class JsonResponse(Response):
    """A JSON answer: UTF-8, keys as given, dates and UUIDs as text."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:  # noqa: ANN401 - whatever JSON can hold
        """The bytes of the body."""
        return orjson.dumps(content)


class ResponseModel(BaseModel):
    """The base of schemas of JSON responses: every field is always present."""

    model_config = ConfigDict(frozen=True)
