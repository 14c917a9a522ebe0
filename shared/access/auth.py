"""Authentication and authorisation of a request."""

from fastapi import Request
from fastapi.openapi.models import OAuth2, OAuthFlowClientCredentials, OAuthFlows
from fastapi.security.base import SecurityBase

from shared.access import policy
from shared.access.key_ring import Principal, invalid_token, missing_token
from shared.access.service import service_of
from shared.problems import Forbidden


class Authorized(SecurityBase):
    """The dependency that returns the caller of an operation if its role may call it; documents itself in OpenAPI."""

    def __init__(self, operation: str) -> None:
        """`operation` is an operation id of the policy table."""
        self.roles = policy.GRANTS[operation]
        self.scheme_name = "client_credentials"
        self.model = OAuth2(
            description="An access token from `/oauth2/token`, sent as `Authorization: Bearer …`.",
            flows=OAuthFlows(clientCredentials=OAuthFlowClientCredentials(tokenUrl="/oauth2/token", scopes={})),
        )

    async def __call__(self, request: Request) -> Principal:
        """Return the caller. Raises TokenInvalid without a valid token, Forbidden if the role may not call the operation."""
        service = await service_of(request)
        principal = await service.key_ring.authenticate(bearer_token(request))
        if principal.role not in self.roles:
            raise Forbidden
        return principal


def bearer_token(request: Request) -> str:
    """Return the token of the only Authorization header. Raises TokenInvalid."""
    headers = [value for name, value in request.scope["headers"] if name == b"authorization"]
    if len(headers) != 1:
        raise invalid_token("more than one Authorization header") if headers else missing_token()
    scheme, _, token = headers[0].decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":
        raise missing_token()
    return str(token)
