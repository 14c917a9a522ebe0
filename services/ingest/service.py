"""The parts of the running ingest service that its endpoints use."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends

from services.ingest.formats.rows import BodyLimits
from services.ingest.marked.file_writer import MarkedFileWriter
from services.ingest.push.retention import Retention
from shared.access.dependencies import Service, service_of


@dataclass(kw_only=True)
class IngestService(Service):
    """The ingest service, with its limits on bodies, how long it keeps them, and the writer of marked files."""

    name: str = "ingest"
    limits: BodyLimits = field(init=False)
    retention: Retention = field(init=False)
    marked_files: MarkedFileWriter = field(init=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        settings = self.settings
        self.limits = BodyLimits(max_rows=settings.bulk_max_rows, xlsx_inflated_bytes=settings.xlsx_max_inflated_bytes)
        self.retention = Retention(settings.keep_inputs_max_bytes, settings.keep_inputs_days)
        self.marked_files = MarkedFileWriter(settings.spool_dir)


IngestServiceDep = Annotated[IngestService, Depends(service_of)]
