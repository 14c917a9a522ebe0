"""The parts of the running cases service that its endpoints use."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends

from services.cases.attachments.scanner import Scanner
from services.cases.attachments.store import AttachmentStore, attachment_store
from shared.access.dependencies import Service, service_of


@dataclass(kw_only=True)
class CasesService(Service):
    """The cases service, with the store of attachments and the virus scanner."""

    name: str = "cases"
    store: AttachmentStore = field(init=False)
    scanner: Scanner = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        self.store = attachment_store(self.settings)
        self.scanner = Scanner(self.settings.scanner_url)


CasesServiceDep = Annotated[CasesService, Depends(service_of)]
