"""The interface between the engine of pushes and the kinds of rows that it stores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Protocol

from psycopg import AsyncConnection

from services.ingest.formats.rows import PassedOver
from services.ingest.push.request import PushRequest
from services.ingest.push.row_errors import RowErrors
from services.ingest.push.sizes import SmallPush
from services.ingest.quality.change_set import ChangeSet
from services.ingest.service import IngestService
from services.ingest.submissions.reopened_parts import ReopenedMonths
from shared.campaign.applied import AppliedDefinition
from shared.domain.quality import RuleInput
from shared.reading.stored_counts import OrgMonth
from shared.vocabulary import PushMode


@dataclass(frozen=True, slots=True)
class PushRun:
    """One push while it is carried out: its open transaction, the request, and the definition that its rows are read by."""

    connection: AsyncConnection
    service: IngestService
    request: PushRequest
    execution: SmallPush
    definition: AppliedDefinition
    errors: RowErrors

    @property
    def today(self) -> date:
        """The date in the campaign's timezone."""
        return self.service.clock.today(self.definition.campaign.timezone)

    @property
    def refused(self) -> bool:
        """True if the errors so far refuse the whole push."""
        return self.errors.rows > 0 and self.request.mode is not PushMode.PARTIAL


class Written(NamedTuple):
    """The numbers of rows that a push created, updated and retracted; unchanged rows are not written."""

    created: int
    updated: int
    retracted: int


class PushedRows(Protocol):
    """The rows of a push."""

    @property
    def received(self) -> int:
        """The number of rows with data, valid or not."""

    @property
    def merged(self) -> int:
        """The number of rows that repeat an earlier one."""

    @property
    def blank(self) -> int:
        """The number of rows with an empty value."""

    @property
    def months(self) -> Sequence[date]:
        """The months that the push touches."""

    @property
    def passed_over(self) -> Sequence[PassedOver]:
        """The columns, rows and sheets whose numbers are neither stored nor checked."""

    def normalised(self) -> list[dict[str, object]]:
        """Return one line for each kind of normalisation."""


class ParsedPush(Protocol):
    """A push whose body was read."""

    @property
    def rows(self) -> PushedRows:
        """The rows."""

    @property
    def metrics(self) -> frozenset[int] | None:
        """The metrics, by number, of which the push may change a count; None: any."""

    async def check(self, run: PushRun, reopened: ReopenedMonths, stored: Mapping[OrgMonth, RuleInput]) -> None:
        """Reject rows that change a submitted month, contradict each other or break a rule. The campaign is locked.

        Of the months in `reopened` only those parts may change. `stored`: the counts that the months' rules read.
        """

    def change_set(self) -> ChangeSet | None:
        """Return the changes to the sender's counts; None if they are not known before they are written."""

    async def write(self, run: PushRun, version: int, *, onto_stored: bool) -> Written:
        """Write the rows that were not rejected.

        `onto_stored`: the organisation has counts in one of the months.
        """


class Dataset(Protocol):
    """A kind of rows that organisations push."""

    @property
    def name(self) -> str:
        """The name that imports record."""

    @property
    def refers(self) -> bool:
        """True if the rows refer to rows of other organisations."""

    async def parse(self, run: PushRun) -> ParsedPush:
        """Read the body and record the errors of its rows. The campaign is not locked."""
