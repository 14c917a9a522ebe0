"""POST /oauth2/token: exchanges a client id and secret for an access token."""

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from services.identity import token_request
from services.identity.issuer import AccessToken
from services.identity.service import IdentityServiceDep
from services.identity.token_request import OAuthError
from shared.http.json_response import JsonResponse

NO_STORE_HEADERS: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}

router = APIRouter(tags=["identity"])


class TokenRefused(BaseModel):
    """An error of the token endpoint (RFC 6749, section 5.2)."""

    error: str = Field(examples=["invalid_client"])
    error_description: str = Field(examples=["unknown client, wrong secret, or revoked client"])


_REQUEST_BODY: Final[dict[str, Any]] = {
    "required": True,
    "content": {
        token_request.FORM_MEDIA_TYPE: {
            "schema": {
                "type": "object",
                "required": ["grant_type"],
                "properties": {
                    "grant_type": {"type": "string", "enum": ["client_credentials"]},
                    "client_id": {"type": "string", "description": "Omit it with HTTP Basic."},
                    "client_secret": {"type": "string", "description": "Omit it with HTTP Basic."},
                    "scope": {"type": "string", "description": "Ignored: a token permits what the client's role permits."},
                },
            },
            "example": {
                "grant_type": "client_credentials",
                "client_id": "liangjiang-2022.telecom.1",
                "client_secret": "the secret shown when the client was created",
            },
        }
    },
}


@router.post(
    "/oauth2/token",
    response_model=AccessToken,
    responses={
        400: {"model": TokenRefused, "description": "`invalid_request`, `unsupported_grant_type`"},
        401: {"model": TokenRefused, "description": "`invalid_client`"},
        429: {"model": TokenRefused, "description": "Ten wrong secrets within a minute; wait for `Retry-After` seconds."},
    },
    openapi_extra={"requestBody": _REQUEST_BODY, "security": []},
)
async def issue_token(request: Request, service: IdentityServiceDep) -> Response:
    """Issue an access token.

    Exchanges a client id and secret for a bearer token (client credentials grant, HTTP Basic or form fields).
    """
    try:
        credentials = await token_request.read_token_request(request)
        address = request.client.host if request.client else "unknown"
        client = await service.issuer.authenticate(credentials, address, request.state.request_id)
    except OAuthError as error:
        refusal = TokenRefused(error=error.error, error_description=error.description)
        return JsonResponse(refusal.model_dump(), error.status, {**NO_STORE_HEADERS, **error.headers})
    return JsonResponse((await service.issuer.issue_token(client)).model_dump(), headers=NO_STORE_HEADERS)
