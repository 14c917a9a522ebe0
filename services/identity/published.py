"""The public keys and the metadata of the authorization server."""

from typing import Final

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.identity.keys import CACHE_S
from services.identity.service import IdentityServiceDep
from shared.http.json_response import JsonResponse

CACHE_HEADERS: Final = {"Cache-Control": f"public, max-age={CACHE_S}"}

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
    """The authorization server metadata (RFC 8414)."""

    issuer: str
    token_endpoint: str
    jwks_uri: str
    grant_types_supported: list[str]
    response_types_supported: list[str]
    token_endpoint_auth_methods_supported: list[str]


@router.get("/oauth2/jwks.json", response_model=PublicKeys)
async def get_jwks(service: IdentityServiceDep) -> Response:
    """Get the public signing keys.

    Returns the keys that verify access tokens, including keys that are not in use yet.
    """
    return JsonResponse({"keys": await service.issuer.published_keys()}, headers=CACHE_HEADERS)


@router.get("/.well-known/oauth-authorization-server", response_model=AuthorizationServer)
async def get_authorization_server(service: IdentityServiceDep) -> Response:
    """Get the authorization server metadata.

    Returns the OAuth 2.0 server metadata (RFC 8414): issuer, token endpoint, key set and client authentication methods.
    """
    issuer = service.settings.token_issuer
    root = issuer.rstrip("/")
    document = AuthorizationServer(
        issuer=issuer,
        token_endpoint=f"{root}/oauth2/token",
        jwks_uri=f"{root}/oauth2/jwks.json",
        grant_types_supported=["client_credentials"],
        response_types_supported=[],
        token_endpoint_auth_methods_supported=["client_secret_basic", "client_secret_post"],
    )
    return JsonResponse(document.model_dump(), headers=CACHE_HEADERS)
