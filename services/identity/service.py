"""The identity service with its issuer of tokens."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends

from services.identity.issuer import Issuer
from shared.access.dependencies import Service, service_of


@dataclass(kw_only=True)
class IdentityService(Service):
    """The identity service, which also issues access tokens."""

    name: str = "identity"
    issuer: Issuer = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.issuer = Issuer(self.settings, self.database, self.clock)


IdentityServiceDep = Annotated[IdentityService, Depends(service_of)]
