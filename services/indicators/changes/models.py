"""Response models of a comparison of two data versions."""

from pydantic import Field, NonNegativeInt

from services.indicators.models import MonthText, SummaryLine
from shared.http.json_response import ResponseModel
from shared.http.paging import Page
from shared.values.timestamps import Timestamp
from shared.vocabulary import LedgerKind

_VERSIONS = "Data versions that changed it, oldest first; `ledger` names their authors."


class LineChange(ResponseModel):
    """A summary line that differs between two data versions, or between two definitions."""

    indicator: str
    month: MonthText
    area: str | None
    org: str | None
    before: SummaryLine | None = Field(
        description="The line at the earlier version, or under the current definition; null if there was none."
    )
    after: SummaryLine | None = Field(
        description="The line at the later version, or under the proposed definition; null if there is none."
    )
    flipped: bool = Field(description="True if the target is now met, or no longer met.")
    versions: list[int] = Field(description=f"{_VERSIONS} Empty for a proposed definition.")


class ChangedCount(ResponseModel):
    """A count that differs between the two versions."""

    org: str = Field(description="Reporting organisation; `*` for counts derived from the registers of several organisations.")
    month: MonthText
    metric: str
    area: str
    before: NonNegativeInt | None = Field(description="Value at the earlier version; null if it was not reported.")
    after: NonNegativeInt | None = Field(description="Value at the later version; null if it was retracted.")
    versions: list[int] = Field(description=_VERSIONS)


class LedgerEntry(ResponseModel):
    """A data version with its author and subject."""

    version: int
    at: Timestamp
    kind: LedgerKind
    subject: str = Field(description="Id of the import, case, challenge or report, or the submitted month, or the definition.")
    org: str | None = Field(description="Organisation whose counts or month changed; null if it concerns none.")
    actor: str = Field(description="Client that made the change, or operator who applied the definition.")


class Changes(ResponseModel):
    """Differences between two data versions."""

    campaign: str
    since_version: int
    since_definition_version: int
    data_version: int
    definition_version: int
    months: list[MonthText] = Field(
        description="Months whose lines are compared: the requested one, or all from the campaign's first month to the month"
        " in which the later version was created."
    )
    lines: list[LineChange] = Field(description="Changed lines of the requested breakdown; on the first page only.")
    facts: Page[ChangedCount] = Field(
        description="Changed counts of all months; if a month is requested, of that month, and of earlier months for"
        " reference metrics."
    )
    ledger: list[LedgerEntry] = Field(description="The versions that the lines and facts of this response name.")
