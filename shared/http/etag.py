"""Strong entity tags (equal tags mean equal bytes) and the conditional headers `If-None-Match` and `If-Match`."""

import hashlib
import re
from typing import Annotated, Final

from fastapi import Header
from starlette.requests import Request
from starlette.responses import Response

from shared.problem_members import Revisions
from shared.problems import PreconditionRequired, Stale

RELEASE: Final = "1"  # raise it with each release that returns other bytes for the same query

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_TAGS = re.compile(rf"\s*{_TAG}\s*(?:,\s*{_TAG}\s*)*")
_REVISION = re.compile(r'"([0-9]{1,9})-[0-9a-f]{8}"')

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=200,
        description="ETag of the version that you read. Required; without it the response is 428.",
        examples=['"3-9f2c04b1"'],
    ),
]
IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        max_length=2_000,
        description="ETag of a response that you already have. Returns 304 if nothing has changed.",
    ),
]


def entity_tag(*parts: object) -> str:
    """Return the tag of a response from its bytes, or from everything that they depend on (data version, role, query)."""
    texts = [part if isinstance(part, bytes) else str(part).encode() for part in parts]
    length_prefixed = b"".join([len(text).to_bytes(4, "big") + text for text in texts])
    return f'"{hashlib.sha256(RELEASE.encode() + length_prefixed).hexdigest()[:32]}"'


def cache_headers(tag: str) -> dict[str, str]:
    """Return the caching headers of a response with this tag."""
    return {
        "ETag": tag,
        "Vary": "Authorization, Accept, Accept-Encoding",
        "Cache-Control": "private, no-cache",
    }


def not_modified(request: Request, tag: str) -> Response | None:
    """Return a 304 response if the client has this version already, otherwise None."""
    header = ",".join(request.headers.getlist("if-none-match"))
    client_tags = re.findall(_TAG, header) if _TAGS.fullmatch(header) else [header.strip()]
    if "*" in client_tags or tag in {client_tag.removeprefix("W/") for client_tag in client_tags}:
        return Response(status_code=304, headers=cache_headers(tag))
    return None


def revision_tag(revision: int, *view: object) -> str:
    """Return the tag of a revision; `view` is what the representation depends on besides it, such as role and org."""
    return f'"{revision}-{entity_tag(*view)[1:9]}"'


def refuse_stale(if_match: str | None, revision: int, *view: object) -> None:
    """Refuse an edit whose `If-Match` is not the tag of this revision and view.

    Raises PreconditionRequired without the header, Stale with both revisions in the body for another tag.
    """
    if if_match is None:
        raise PreconditionRequired
    current = revision_tag(revision, *view)
    if if_match.strip() != current:
        match = _REVISION.fullmatch(if_match.strip())
        revisions = Revisions(your_revision=int(match[1]) if match else None, current_revision=revision)
        raise Stale(members=revisions, headers={"ETag": current})
