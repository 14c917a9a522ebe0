"""The dependency of an endpoint that lets only the roles of the policy table call it."""

from fastapi import Request
from fastapi.openapi.models import OAuth2, OAuthFlowClientCredentials, OAuthFlows
from fastapi.security.base import SecurityBase

from shared.access import policy
from shared.access.key_ring import Principal, invalid_token, missing_token
from shared.access.service import service_of
from shared.problems import Forbidden


class Authorized(SecurityBase):
    """The dependency of an endpoint: the principal, if its role may do the operation. Documents itself in OpenAPI."""

    def __init__(self, operation: str) -> None:
        """The operation id must stand in the policy table."""
        self.roles = policy.GRANTS[operation]
        self.scheme_name = "client_credentials"
        self.model = OAuth2(
            description="An access token of `/oauth2/token`, as `Authorization: Bearer …`.",
            flows=OAuthFlows(clientCredentials=OAuthFlowClientCredentials(tokenUrl="/oauth2/token", scopes={})),
        )

    async def __call__(self, request: Request) -> Principal:
        """Raises TokenInvalid without a valid token, Forbidden when the role may not."""
        service = await service_of(request)
        principal = await service.key_ring.principal(bearer_token(request))
        if principal.role not in self.roles:
            raise Forbidden
        return principal


def bearer_token(request: Request) -> str:
    """The token of the one Authorization header; nowhere else is looked. Raises TokenInvalid."""
    headers = [value for name, value in request.scope["headers"] if name == b"authorization"]
    if len(headers) != 1:
        raise invalid_token("one Authorization header is needed") if headers else missing_token()
    scheme, _, token = headers[0].decode("latin-1").partition(" ")
    if scheme.lower() != "bearer":
        raise missing_token()
    return str(token)
