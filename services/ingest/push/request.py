"""What a push is asked to do, and what it needs to do it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final
from uuid import UUID

from services.ingest.formats.media import Media
from services.ingest.formats.rows import BodyLimits
from services.ingest.push.retention import Retention
from services.ingest.push.spool import Spool
from shared.access.key_ring import Principal
from shared.campaign.load import Definitions
from shared.clock import Clock
from shared.database.database import Database, Scope
from shared.http import idempotency
from shared.values.uuid7 import uuid7
from shared.vocabulary import PushMode

BULK_BYTES: Final = 1 << 20  # a body above this size waits for one of the places for bulk pushes, and shows its progress

SMALL_BYTES: Final = 32 << 10  # some hundreds of rows


async def _nobody(_rows: int) -> None:
    """Nobody asks how far a small push is."""


@dataclass(frozen=True, slots=True)
class Push:
    """Who sends which body, how."""

    principal: Principal
    dataset: str
    media: Media
    mode: PushMode
    dry_run: bool
    month: date | None  # the one month it may touch; None: any
    allow_empty: bool  # replace by nothing
    reason: str | None  # for changing what was submitted before
    spool: Spool
    key: str | None  # the sender's Idempotency-Key
    request_id: str
    copy_from: date | None = None  # the month whose rows of a register are carried over
    undoes: UUID | None = None  # the import that it takes back
    import_id: UUID = field(default_factory=uuid7)
    tell: Callable[[int], Awaitable[None]] = _nobody  # how many rows were read so far

    @property
    def bulk(self) -> bool:
        """Whether it is large enough to be in the others' way."""
        return self.spool.size > BULK_BYTES

    @property
    def small(self) -> bool:
        """Whether it is read in the time that a round trip takes."""
        return not self.bulk and self.spool.size <= SMALL_BYTES and self.media is not Media.XLSX and self.undoes is None

    @property
    def scope(self) -> Scope:
        """A push reads and writes the sender's own rows, whatever its role."""
        return Scope(self.principal.campaign, self.principal.org)

    @property
    def operation(self) -> str:
        """What was called, as the audit names it: `push_observations`, `push_key_places`, `undo_import` and so on."""
        return "undo_import" if self.undoes else f"push_{self.dataset.rpartition('/')[2]}"

    @property
    def fingerprint(self) -> bytes:
        """What makes it the same request: dataset, question, format and body."""
        months = (f"{month:%Y-%m}" if month else "" for month in (self.month, self.copy_from))
        question = (self.mode, *months, str(self.allow_empty), self.reason or "", str(self.undoes or ""))
        return idempotency.request_digest(part.encode() for part in (self.dataset, *question, self.media, self.spool.sha256))


@dataclass(frozen=True, slots=True)
class PushContext:
    """The parts of the service that every push uses."""

    definitions: Definitions
    database: Database
    clock: Clock
    limits: BodyLimits
    retention: Retention
