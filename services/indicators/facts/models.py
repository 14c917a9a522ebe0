"""The shape of counts that are read one by one."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.indicators.models import MonthText
from shared.http.json_response import ResponseModel
from shared.http.paging import Page
from shared.vocabulary import SubmissionState


class FactRow(ResponseModel):
    """A count as it stood at the data version of the answer."""

    org: str = Field(description="Who reported it; `*`: derived from the registers of several.")
    month: MonthText
    metric: str
    area: str
    value: int = Field(ge=0)
    note: str | None = Field(description="What the sender wrote beside it. Null where it is a carrier's, for its street office.")
    data_version: int = Field(description="The version that wrote it.")
    import_id: UUID = Field(description="The push it came in, `/v1/imports/{id}`.")
    reported_at: datetime = Field(description="When that was.")
    submission: SubmissionState | None = Field(
        description="Where the organisation's month stood; null where no one organisation signs it off."
    )


class FactPage(Page[FactRow]):
    """Counts as they stood at one data version; every page after the first is of the same one."""

    campaign: str
    data_version: int
    definition_version: int
