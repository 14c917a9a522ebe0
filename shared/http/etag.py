"""Strong entity tags: the same tag means the same bytes; and what `If-None-Match` and `If-Match` ask of them."""

import hashlib
import re
from typing import Annotated, Final

from fastapi import Header
from starlette.requests import Request
from starlette.responses import Response

from shared.problems import PreconditionRequired, Stale

RELEASE: Final = "1"  # raise it with each release that answers the same question with other bytes

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAGS = re.compile(rf"\s*{_TAG}\s*(?:,\s*{_TAG}\s*)*")
_REVISION = re.compile(r'"([0-9]{1,9})-[0-9a-f]{8}"')

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=200,
        description="The ETag that came with the thing to be changed. Needed: 428 without it.",
        examples=['"3-9f2c04b1"'],
    ),
]
IfNoneMatch = Annotated[
    str | None,
    Header(alias="If-None-Match", max_length=2_000, description="The ETag of an answer already held: 304 while it stands."),
]


def entity_tag(*parts: object) -> str:
    """The tag of an answer: data version, view (role, org), question and media type decide its bytes, and nothing else does."""
    texts = [str(part).encode() for part in parts]
    framed = b"".join([len(text).to_bytes(4, "big") + text for text in texts])
    return f'"{hashlib.sha256(RELEASE.encode() + framed).hexdigest()[:32]}"'


def cache_headers(entity_tag: str) -> dict[str, str]:
    """What an answer with a tag carries."""
    return {
        "ETag": entity_tag,
        "Vary": "Authorization, Accept, Accept-Encoding",
        "Cache-Control": "private, no-cache",
    }


def not_modified(request: Request, entity_tag: str) -> Response | None:
    """The 304, where the client holds this version already."""
    asked = ",".join(request.headers.getlist("if-none-match"))
    held = re.findall(_TAG, asked) if _TAGS.fullmatch(asked) else [asked.strip()]
    if "*" in held or entity_tag in {one.removeprefix("W/") for one in held}:
        return Response(status_code=304, headers=cache_headers(entity_tag))
    return None


def revision_tag(revision: int, *view: object) -> str:
    """The tag of a thing that counts its changes, as one view (role, org) sees it."""
    return f'"{revision}-{entity_tag(*view)[1:9]}"'


def refuse_stale(if_match: str | None, revision: int, *view: object) -> None:
    """Let an edit through that was made for this revision and view.

    Raises PreconditionRequired without a tag, Stale with both versions in the body where it is another one.
    """
    if if_match is None:
        raise PreconditionRequired
    current = revision_tag(revision, *view)
    if if_match.strip() != current:
        read = _REVISION.fullmatch(if_match.strip())
        versions = {"your_version": int(read[1]) if read else None, "current_version": revision}
        raise Stale(extra=versions, headers={"ETag": current})
