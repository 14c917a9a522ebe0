"""The identity service with its issuer of tokens."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from services.identity.issuer import Issuer
from shared.access.dependencies import Service


@dataclass(kw_only=True)
class IdentityService(Service):
    """The identity service, which also issues access tokens."""

    name: str = "identity"
    issuer: Issuer = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.issuer = Issuer(self.settings, self.database, self.clock)


async def identity_service_of(request: Request) -> IdentityService:
    """Return the identity service that a request is sent to."""
    service: IdentityService = request.app.state.service
    return service


IdentityServiceDep = Annotated[IdentityService, Depends(identity_service_of)]
