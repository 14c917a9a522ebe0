"""The parts of a running service that its endpoints use."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from shared.access.key_ring import KeyRing
from shared.campaign.load import Definitions
from shared.clock import Clock
from shared.database.database import Database
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

    def __post_init__(self) -> None:
        self.key_ring = KeyRing(self.settings, self.database, self.clock, self.name)


async def service_of(request: Request) -> Service:
    """Return the service that a request is sent to."""
    service: Service = request.app.state.service
    return service


ServiceDep = Annotated[Service, Depends(service_of)]
