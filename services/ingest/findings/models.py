"""What `/v1/findings` answers with."""

from datetime import datetime

from pydantic import Field

from services.ingest.models import QualityFinding
from shared.http.json_response import ResponseModel
from shared.values.bilingual import Bilingual
from shared.vocabulary import Attention, Compared, RegisterCode


class SampledValue(ResponseModel):
    """One of the values that a value was held against."""

    month: str
    area: str
    value: float


class FindingStatistics(ResponseModel):
    """How far a value lies from others: from the earlier months', or from all areas'."""

    compared: Compared
    unit: Bilingual
    value: float = Field(description="Cut at 4 decimals, as every number here.")
    median: float
    mad: float = Field(description="The median of the absolute deviations from the median.")
    deviations: float = Field(
        description="Standard deviations from the median: the distance ÷ (1.4826 × MAD, at least one unit of the count)."
    )
    limit: str = Field(description="From how many deviations on the rule finds it.", examples=["3.5"])
    sample_size: int
    sample: list[SampledValue] = Field(description="What it was held against, 100 at most.")


class RegisterRecord(ResponseModel):
    """What one organisation's list says of a thing."""

    register_: RegisterCode = Field(alias="register")
    key: str = Field(description="The row's own name; of a station its builder and its number.")
    org: str = Field(description="Whose list.")
    stands: bool = Field(description="Whether the list has it.")
    column: str | None = Field(description="What is said differently. Null: one list has the thing and the other lacks it.")
    value: str | None = Field(description="As the list has it.")


class RequiredAction(ResponseModel):
    """Somebody who is to look."""

    org: str
    what: Attention


class ReasonedFinding(QualityFinding):
    """A finding with its reason, the evidence, and who is to look."""

    reason: Bilingual = Field(description="Why it is a finding, with the numbers.")
    statistics: FindingStatistics | None = Field(description="Of what stands out; null for every other kind.")
    things: list[RegisterRecord] = Field(description="Rows of lists that do not fit together, 20 at most.")
    attention: list[RequiredAction] = Field(description="Who is to look, and what they are to do.")


class FindingDetail(ReasonedFinding):
    """A finding with who explained it. Its ETag is what a changed explanation needs as `If-Match`."""

    explained_by: str | None = Field(description="The client that gave the explanation.")
    explained_at: datetime | None
