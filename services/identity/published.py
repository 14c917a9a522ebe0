"""What anybody may know of the issuer: its public keys and its metadata."""

from typing import Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from services.identity.issue import Issuer
from services.identity.keys import CACHE_S
from shared.http.json_response import JsonResponse

CACHED: Final = {"Cache-Control": f"public, max-age={CACHE_S}"}

router = APIRouter(tags=["identity"])


class PublicKeyDocument(BaseModel):
    """A public P-256 key (RFC 7517)."""

    kty: str = Field(examples=["EC"])
    crv: str = Field(examples=["P-256"])
    x: str
    y: str
    use: str = Field(examples=["sig"])
    alg: str = Field(examples=["ES256"])
    kid: str


class PublicKeys(BaseModel):
    """The keys that verify access tokens."""

    keys: list[PublicKeyDocument]


class AuthorizationServer(BaseModel):
    """The issuer's metadata (RFC 8414)."""

    issuer: str
    token_endpoint: str
    jwks_uri: str
    grant_types_supported: list[str]
    response_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]


@router.get("/oauth2/jwks.json", response_model=PublicKeys)
async def get_jwks(request: Request) -> Response:
    """The public keys that verify access tokens, coming ones included."""
    issuer: Issuer = request.app.state.issuer
    return JsonResponse({"keys": await issuer.published_keys()}, headers=CACHED)


@router.get("/.well-known/oauth-authorization-server", response_model=AuthorizationServer)
async def get_authorization_server(request: Request) -> Response:
    """Where tokens are issued and how clients authenticate."""
    address = request.app.state.settings.token_issuer
    root = address.rstrip("/")
    document = AuthorizationServer(
        issuer=address,
        token_endpoint=f"{root}/oauth2/token",
        jwks_uri=f"{root}/oauth2/jwks.json",
        grant_types_supported=["client_credentials"],
        response_types_supported=[],
        token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post"],
    )
    return JsonResponse(document.model_dump(), headers=CACHED)
