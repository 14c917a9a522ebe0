"""Response models of stored counts."""

from uuid import UUID

from pydantic import Field

from shared.http.json_response import ResponseModel
from shared.http.paging import Page
from shared.values.timestamps import Timestamp
from shared.vocabulary import SubmissionState


class Observation(ResponseModel):
    """A count as of the data version of the response."""

    org: str = Field(description="Reporting organisation; `*` for counts derived from the registers of several organisations.")
    month: str
    metric: str
    area: str
    value: int = Field(ge=0)
    note: str | None = Field(description="The sender's note. Null for subdistrict offices if the count is a carrier's.")
    data_version: int = Field(description="Data version that wrote the count.")
    import_id: UUID = Field(description="Import that wrote the count, `/v1/imports/{id}`.")
    reported_at: Timestamp = Field(description="Timestamp of that import.")
    submission: SubmissionState | None = Field(
        description="State of the organisation's month; null for counts that no single organisation submits."
    )


class ObservationPage(Page[Observation]):
    """Counts as of one data version, which is the same on every page."""

    campaign: str
    data_version: int
    definition_version: int
