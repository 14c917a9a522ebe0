"""The path parameter and the responses of `/v1/findings`."""

from typing import Annotated
from uuid import UUID

from fastapi import Path
from pydantic import Field

from shared.http.json_response import ResponseModel
from shared.push_report import QualityFinding
from shared.values.bilingual import Bilingual
from shared.values.timestamps import Timestamp
from shared.vocabulary import Attention, Compared, FindingAction, RegisterCode

FindingId = Annotated[UUID, Path(description="Id of the finding.")]


class SampledValue(ResponseModel):
    """A value of the comparison sample."""

    month: str
    area: str
    value: float


class FindingStatistics(ResponseModel):
    """Distance of an outlier from its comparison sample: earlier months, or all areas."""

    compared: Compared
    unit: Bilingual
    value: float = Field(description="Value of the count, net addition or ratio; like all numbers here truncated to 4 decimals.")
    median: float
    mad: float = Field(description="Median absolute deviation: the median of the distances from the median.")
    deviations: float = Field(
        description="Distance from the median in standard deviations: distance ÷ (1.4826 × MAD, at least one unit of the count)."
    )
    limit: str = Field(description="Number of deviations from which the rule reports an outlier.", examples=["3.5"])
    sample_size: int
    sample: list[SampledValue] = Field(description="Comparison sample, at most 100 values.")


class RegisterRecord(ResponseModel):
    """A record in one organisation's register."""

    register_: RegisterCode = Field(alias="register")
    key: str = Field(description="Key of the row; for 5G stations, builder and station number.")
    org: str = Field(description="Organisation that keeps the register.")
    stands: bool = Field(description="True if the register contains the record.")
    column: str | None = Field(description="Column that differs; null if one register lacks the record.")
    value: str | None = Field(description="Value in this register; null if the register lacks the record or the column is empty.")


class RequiredAction(ResponseModel):
    """Organisation that must act on the finding, and how."""

    org: str
    what: Attention


class ReasonedFinding(QualityFinding):
    """A finding with its reason, the evidence, the organisations that must act and the author of its explanation."""

    reason: Bilingual = Field(description="Reason for the finding, with the numbers.")
    statistics: FindingStatistics | None = Field(description="Statistics of an outlier; null for other kinds.")
    things: list[RegisterRecord] = Field(description="Register records that disagree, at most 20.")
    attention: list[RequiredAction] = Field(description="Organisations that must act on the finding, and how.")
    revision: int = Field(
        description="Number of the explanation, 0 without one. Send it in quotes as `If-Match` to change the explanation."
    )
    actions: list[FindingAction] = Field(description="What you may do now.")
    explained_by: str | None = Field(description="Client that stored the explanation; null if there is none or it is a row note.")
    explained_at: Timestamp | None = Field(description="Timestamp of the explanation; null if there is none or it is a row note.")
