"""The parts of the running ingest service that its endpoints use."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Final

from fastapi import Depends

from services.ingest.formats.rows import BodyLimits
from shared.access.dependencies import Service, service_of

MARKED_FILES_MAX: Final = 2  # written at once; more would take too much memory


@dataclass(frozen=True, slots=True)
class Retention:
    """Largest body that is kept, and for how many days."""

    max_bytes: int
    days: int  # 0: nothing is kept

    def since(self, now: datetime) -> datetime:
        """Return the time before which bodies are deleted."""
        return now - timedelta(days=self.days)


@dataclass(kw_only=True)
class IngestService(Service):
    """The ingest service, with its limits on bodies, on keeping them, and on writing marked files."""

    name: str = "ingest"
    limits: BodyLimits = field(init=False)
    retention: Retention = field(init=False)
    marked_file_slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MARKED_FILES_MAX))

    def __post_init__(self) -> None:
        super().__post_init__()
        settings = self.settings
        self.limits = BodyLimits(max_rows=settings.bulk_max_rows, xlsx_inflated_bytes=settings.xlsx_max_inflated_bytes)
        self.retention = Retention(settings.keep_inputs_max_bytes, settings.keep_inputs_days)


IngestServiceDep = Annotated[IngestService, Depends(service_of)]
