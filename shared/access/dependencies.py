"""Dependencies of endpoints: the running service, and the caller if its role may call the operation."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from fastapi.openapi.models import OAuth2, OAuthFlowClientCredentials, OAuthFlows
from fastapi.security.base import SecurityBase

from shared.access import policy
from shared.access.key_ring import KeyRing, Principal, invalid_token, missing_token
from shared.access.quota import Quota
from shared.campaign.load import Definitions
from shared.clock import Clock
from shared.database.database import Database
from shared.problems import Forbidden
from shared.settings import Settings


@dataclass(kw_only=True)
class Service:
    """One service of the product: its settings and connections, and the definitions and keys that it has read."""

    name: str
    settings: Settings
    database: Database
    clock: Clock
    definitions: Definitions = field(default_factory=Definitions)
    key_ring: KeyRing = field(init=False)
    quota: Quota = field(init=False)

    def __post_init__(self) -> None:
        self.quota = Quota(self.settings)
        self.key_ring = KeyRing(self.settings, self.database, self.clock, self.name)


async def service_of(request: Request) -> Service:
    """Return the service that a request is sent to."""
    service: Service = request.app.state.service
    return service


ServiceDep = Annotated[Service, Depends(service_of)]


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
