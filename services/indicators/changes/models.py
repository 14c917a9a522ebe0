"""What moved between two data versions, as it is answered."""

from datetime import datetime

from pydantic import Field, NonNegativeInt

from services.indicators.models import MonthText, SummaryLine
from shared.http.json_response import ResponseModel
from shared.http.paging import Page
from shared.vocabulary import LedgerKind

_VERSIONS = "The data versions that moved it, oldest first; who made them stands in `ledger`."


class LineChange(ResponseModel):
    """A line that the summary shows otherwise."""

    indicator: str
    month: MonthText
    area: str | None
    org: str | None
    before: SummaryLine | None = Field(description="Null where the earlier definition has no such line.")
    after: SummaryLine | None = Field(description="Null where the later definition has no such line.")
    flipped: bool = Field(description="The target was met and no longer is, or the other way round.")
    versions: list[int] = Field(description=_VERSIONS)


class ChangedCount(ResponseModel):
    """A count that is not the same at both versions."""

    org: str = Field(description="Who reported it; `*` for counts derived from several organisations' registers.")
    month: MonthText
    metric: str
    area: str
    before: NonNegativeInt | None = Field(description="Null where it was not reported yet.")
    after: NonNegativeInt | None = Field(description="Null where it was taken back.")
    versions: list[int] = Field(description=_VERSIONS)


class LedgerEntry(ResponseModel):
    """One data version: when, what, by whom."""

    version: int
    at: datetime
    kind: LedgerKind
    subject: str = Field(description="The import, case or report by its id, the month that was signed off, or the definition.")
    org: str | None = Field(description="Whose counts or month it moved; null for what is no organisation's.")
    actor: str = Field(description="The client that did it, or the operator who applied a definition.")


class Changes(ResponseModel):
    """What is not the same at two data versions."""

    campaign: str
    from_version: int
    from_definition_version: int
    data_version: int
    definition_version: int
    months: list[MonthText] = Field(
        description="The months compared: the one asked for, or else from the first with counts to the last, at most 36."
    )
    lines: list[LineChange] = Field(description="In the breakdown asked for; they come with the first page of the facts.")
    facts: Page[ChangedCount] = Field(
        description="Counts of these months, and of earlier ones for reference metrics, which hold until there is a newer one."
    )
    ledger: list[LedgerEntry] = Field(description="The versions that the lines and facts of this answer name.")
