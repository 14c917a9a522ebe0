"""Strong entity tags (equal tags mean equal bytes) and the conditional headers `If-None-Match` and `If-Match`."""

import hashlib
import re
from typing import Annotated, Final

from fastapi import Header
from pydantic import AfterValidator
from starlette.requests import Request
from starlette.responses import Response

from shared.problem_members import Revisions
from shared.problems import PreconditionRequired, Stale
from shared.values.field_error import FieldValueError

RELEASE: Final = "1"  # raise it with each release that returns other bytes for the same query

_STRONG_TAG = r'"[\x21\x23-\x7e\x80-\xff]*"'
_TAG = rf"(?:W/)?{_STRONG_TAG}"
_TAGS = re.compile(rf"\s*{_TAG}\s*(?:,\s*{_TAG}\s*)*")
_REVISION = re.compile(r'"(?P<revision>(?P<number>[0-9]{1,15})(?:-[0-9a-f]{8})?)(?:\.[0-9a-f]{32})?"')


def _strong_tag(if_match: str) -> str:
    """Refuse what can never name the revision that was read: RFC 9110 compares no weak tag here, and `*` names any revision."""
    if not re.fullmatch(_STRONG_TAG, if_match.strip()):
        raise FieldValueError(
            '应为所读内容的 revision 加双引号（如 "3"）或其 ETag，且只有一个；不接受 * 和弱标签（W/）',
            'must be the revision that you read in quotes, such as "3", or its ETag: exactly one, neither * nor a weak tag (W/)',
        )
    return if_match


IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=200,
        description="The `revision` that you read, in quotes, or the ETag that came with it; neither `*` nor a weak tag."
        " Without it the response is 428.",
        examples=['"3"'],
    ),
    AfterValidator(_strong_tag),
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
    if not header:
        return None
    client_tags = re.findall(_TAG, header) if _TAGS.fullmatch(header) else [header.strip()]
    if "*" in client_tags or tag in {client_tag.removeprefix("W/") for client_tag in client_tags}:
        return Response(status_code=304, headers=cache_headers(tag))
    return None


def revision_tag(revision: int | str, body: bytes) -> str:
    """Return the tag of a representation of an item that can be changed: the item's revision, and the bytes."""
    return f'"{revision}.{entity_tag(body)[1:-1]}"'


def refuse_stale(if_match: str | None, revision: int | str) -> None:
    """Refuse an edit whose `If-Match` is neither this revision in quotes nor the tag of a representation of it.

    It does not matter who read the representation. Raises PreconditionRequired without the header, Stale with both revisions in
    the body for another one.
    """
    if if_match is None:
        raise PreconditionRequired
    match = _REVISION.fullmatch(if_match.strip())
    if match is None or match["revision"] != str(revision):
        current = int(str(revision).partition("-")[0])
        revisions = Revisions(your_revision=int(match["number"]) if match else None, current_revision=current)
        raise Stale(members=revisions, headers={"ETag": f'"{revision}"'})
