"""Token requests (RFC 6749): a form, with the client id and secret in it or in HTTP Basic."""

import base64
import binascii
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, unquote_plus

from starlette.requests import Request

MAX_BODY_BYTES: Final = 8 * 1024
MAX_FIELDS: Final = 32
FORM_MEDIA_TYPE: Final = "application/x-www-form-urlencoded"


class OAuthError(Exception):
    """An error response of RFC 6749, section 5.2."""

    def __init__(self, error: str, description: str, status: int = 400, headers: dict[str, str] | None = None) -> None:
        """`error` is one of the RFC's codes; `description` is for the developer, in ASCII."""
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status
        self.headers = headers or {}


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """The client id and secret of a token request."""

    client_id: str
    secret: str


async def read_token_request(request: Request) -> TokenRequest:
    """Return the credentials of a token request. Unknown parameters are ignored, as the RFC requires. Raises OAuthError."""
    form = _fields(request.headers.get("content-type", ""), await _body(request))
    if "grant_type" not in form:
        raise _malformed("grant_type is missing")
    if form["grant_type"] != "client_credentials":
        raise OAuthError("unsupported_grant_type", "only client_credentials is supported")
    headers = request.headers.getlist("authorization")
    if not headers:
        return TokenRequest(form.get("client_id", ""), form.get("client_secret", ""))
    if len(headers) > 1 or "client_secret" in form:
        raise _malformed("authenticate once: by HTTP Basic or in the form")
    credentials = _basic(headers[0])
    if form.get("client_id", credentials.client_id) != credentials.client_id:
        raise _malformed("the client_id in the form differs from that of HTTP Basic")
    return credentials


def invalid_client(description: str = "unknown client, wrong secret, or revoked client") -> OAuthError:
    """Return the error for a failed authentication, which does not reveal the reason."""
    return OAuthError("invalid_client", description, 401, {"WWW-Authenticate": 'Basic realm="gigacity", charset="UTF-8"'})


def _malformed(description: str) -> OAuthError:
    return OAuthError("invalid_request", description)


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise _malformed("the body is too large")
    return bytes(body)


def _fields(content_type: str, body: bytes) -> dict[str, str]:
    if content_type.partition(";")[0].strip().lower() != FORM_MEDIA_TYPE:
        raise _malformed(f"the body must be {FORM_MEDIA_TYPE}")
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS)
    except ValueError:
        raise _malformed("the body is not a form") from None
    fields = {name: value for name, value in pairs if value}  # RFC 6749: a parameter without a value counts as omitted
    if len({name for name, _ in pairs}) != len(pairs):
        raise _malformed("a parameter appears twice")
    return fields


def _basic(header: str) -> TokenRequest:
    scheme, _, credentials = header.partition(" ")
    try:
        client_id, colon, secret = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")
        request = TokenRequest(unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict"))
    except (ValueError, binascii.Error):
        scheme = colon = ""
    if scheme.lower() != "basic" or not colon:
        raise invalid_client("the Authorization header is not HTTP Basic")
    return request
