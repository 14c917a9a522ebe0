"""The request of a push."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.ingest.formats.media import Media
from shared.access.key_ring import Principal
from shared.database.database import Scope
from shared.http import idempotency
from shared.http.spool import Spool
from shared.vocabulary import PushMode


@dataclass(frozen=True, slots=True)
class PushRequest:
    """One request that sends rows: the sender, the body, and how it is to be carried out."""

    principal: Principal
    dataset: str
    media: Media
    mode: PushMode
    dry_run: bool
    month: date | None  # the only month that it may touch; None: any
    allow_empty: bool  # `replace` may retract a whole month
    reason: str | None  # for changing a month that was submitted before
    body: Spool
    import_id: UUID
    key: str | None  # the Idempotency-Key
    request_id: str
    copy_from: date | None = None  # the month whose rows of a register are copied
    undoes: UUID | None = None  # the import that it undoes
    challenge: UUID | None = None  # the challenge whose count it corrects

    @property
    def scope(self) -> Scope:
        """The sender's own rows, whatever its role."""
        return Scope(self.principal.campaign, self.principal.org)

    @property
    def operation(self) -> str:
        """The operation's name in the audit log: `push_observations`, `push_key_places`, `undo_import` and so on."""
        return "undo_import" if self.undoes else f"push_{self.dataset.rpartition('/')[2]}"

    @property
    def fingerprint(self) -> bytes:
        """A hash that two requests share if they ask for the same: dataset, parameters, format and body."""
        months = [f"{month:%Y-%m}" if month else "" for month in (self.month, self.copy_from)]
        parameters = (self.mode, *months, str(self.allow_empty), self.reason or "", str(self.undoes or ""))
        challenge = [str(self.challenge)] if self.challenge else []  # others have the hashes of earlier releases
        parts = (self.dataset, *parameters, *challenge, self.media, self.body.sha256)
        return idempotency.request_digest([part.encode() for part in parts])
