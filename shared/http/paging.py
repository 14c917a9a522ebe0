"""Lists as `{items, next, total}`, walked by a keyset cursor that clients cannot read and had better not write."""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Annotated, Final, Generic, TypeVar

import orjson
from pydantic import BaseModel, Field

from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual

DEFAULT_LIMIT: Final = 50  # items a page where nobody asks for another number
MAX_LIMIT: Final = 500

_CHECK_BYTES: Final = 6

Limit = Annotated[int, Field(ge=1, le=MAX_LIMIT, description="The most items to answer with.")]
Cursor = Annotated[str | None, Field(max_length=1_000, description="The `next` of the page before; left out: the first page.")]


class PageQuery(BaseModel):
    """Which page of a list; a list with filters adds them as fields."""

    limit: Limit = DEFAULT_LIMIT
    next: Cursor = None


Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """Some items of a list."""

    items: list[Item]
    next: str | None = Field(description="Send it as `next` to get the page after this one; null on the last page.")
    total: int = Field(description="How many items the list has over all pages.")


def encode_cursor(question: str, position: Sequence[str | int]) -> str:
    """The text that stands for a position in the list that answers a question (operation, filters)."""
    payload = orjson.dumps(list(position))
    return base64.urlsafe_b64encode(_check(question, payload) + payload).rstrip(b"=").decode()


def decode_cursor(question: str, text: str, kinds: Sequence[type[str] | type[int]]) -> list[str | int]:
    """The position in a cursor made for the same question. Raises Schema where it is another's or was tampered with."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        found = orjson.loads(raw[_CHECK_BYTES:])
    except (ValueError, binascii.Error):
        raise invalid_cursor() from None
    if encode_cursor(question, found if isinstance(found, list) else []) != text or [type(part) for part in found] != list(kinds):
        raise invalid_cursor()
    return list(found)


def _check(question: str, payload: bytes) -> bytes:
    """No secret: it catches a cursor used with other filters; a forged one only names a place in the asker's own list."""
    return hashlib.sha256(b"cursor\x00" + question.encode() + b"\x00" + payload).digest()[:_CHECK_BYTES]


def invalid_cursor() -> Schema:
    """The refusal of a cursor that names no place."""
    message = Bilingual(zh="游标无效，或属于其他查询", en="the cursor is invalid or belongs to another question")
    return Schema(errors=[FieldError(where="query.next", code="invalid_cursor", message=message)])
