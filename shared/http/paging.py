"""Lists as `{items, next, total}` with keyset cursors that are opaque to clients."""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Annotated, Final, Generic, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field

from shared.http import representation
from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.vocabulary import FieldCode

DEFAULT_LIMIT: Final = 50  # items a page
MAX_LIMIT: Final = 500

_CHECKSUM_BYTES: Final = 6

Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT, description=f"Maximum number of items per page. Defaults to {DEFAULT_LIMIT}.")]
Cursor = Annotated[str | None, Field(max_length=1_000, description="`next` from the previous page. Omit it for the first page.")]


class TableQuery(BaseModel):
    """A response that is JSON or a table of all rows."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    format: representation.FormatParameter = None
    bom: representation.BomParameter = True


class PageQuery(TableQuery):
    """The page of a list that is requested, or the whole list as CSV; a list with filters adds them as fields."""

    limit: Limit = DEFAULT_LIMIT
    next: Cursor = None

    def refuse_paging(self) -> None:
        """Raise Schema if a page of a table is requested."""
        if given := {"limit", "next"} & self.model_fields_set:
            message = Bilingual(
                zh="仅 JSON 可分页，表格一次返回全部数据", en="`limit` and `next` apply to JSON only; tables have all rows"
            )
            raise Schema(
                errors=[FieldError(where=f"query.{name}", code=FieldCode.JSON_ONLY, message=message) for name in sorted(given)]
            )


ItemT = TypeVar("ItemT")


class Page(BaseModel, Generic[ItemT]):
    """One page of a list."""

    items: list[ItemT] = Field(description="Items of this page.")
    next: str | None = Field(description="Send it as `next` to get the following page; null on the last page.")
    total: int = Field(description="Number of items on all pages together.")


def encode_cursor(query: str, position: Sequence[str | int]) -> str:
    """Return the cursor of a position in the list that a query (operation and filters) selects."""
    payload = orjson.dumps(list(position))
    return base64.urlsafe_b64encode(_checksum(query, payload) + payload).rstrip(b"=").decode()


def decode_cursor(query: str, cursor: str, types: Sequence[type[str] | type[int]]) -> list[str | int]:
    """Return the position in a cursor, whose parts have these types. Raises Schema for another query's or a forged cursor."""
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        position = orjson.loads(raw[_CHECKSUM_BYTES:])
    except (ValueError, binascii.Error):
        raise invalid_cursor() from None
    if encode_cursor(query, position if isinstance(position, list) else []) != cursor:
        raise invalid_cursor()
    if [type(part) for part in position] != list(types):
        raise invalid_cursor()
    return list(position)


def _checksum(query: str, payload: bytes) -> bytes:
    """Return a checksum that detects a cursor used with other filters.

    It needs no secret: a forged cursor only reaches rows that its sender may read.
    """
    return hashlib.sha256(b"cursor\x00" + query.encode() + b"\x00" + payload).digest()[:_CHECKSUM_BYTES]


def invalid_cursor() -> Schema:
    """Return the problem for a cursor that is malformed or belongs to another query."""
    message = Bilingual(
        zh="游标无效；请沿用上一页返回的 next，查询参数保持不变",
        en="invalid cursor; use the `next` value of the previous page with unchanged parameters",
    )
    return Schema(errors=[FieldError(where="query.next", code=FieldCode.INVALID_CURSOR, message=message)])
