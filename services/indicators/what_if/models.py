"""Request and response models of what-if scenarios."""

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from services.indicators.models import MonthText
from shared.http.json_response import ResponseModel
from shared.push_report import LineEffect
from shared.values.bilingual import Bilingual
from shared.values.field_error import FieldValueError
from shared.values.fields import RequestBody
from shared.values.months import MonthParameter
from shared.vocabulary import LARGEST_COUNT

WhatIfCode = Annotated[str, Field(min_length=1, max_length=63)]
WHAT_IF_MONTHS_MAX = 36


class HypotheticalCount(BaseModel):
    """A count with a hypothetical value."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: WhatIfCode = Field(description="Metric code.")
    area: WhatIfCode = Field(description="Area code.")
    value: Annotated[StrictInt, Field(ge=0, le=LARGEST_COUNT)] | None = Field(
        description="Null: as if the count had not been reported; for a reference count, as if none existed up to its month."
    )
    org: WhatIfCode | None = Field(
        default=None,
        description="Organisation of the count; defaults to the caller's. `*` for counts derived from the registers of several"
        " organisations.",
    )
    month: MonthParameter | None = Field(
        default=None,
        description="Month of the count; defaults to the request's `month`. Reference counts apply until the next reported one.",
    )


class WhatIfRequest(RequestBody):
    """Hypothetical counts of one or more months."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "month": "2022-08",
                    "counts": [{"metric": "olt_pon_ports_10g", "area": "500112007", "value": 900, "org": "telecom"}],
                },
                {
                    "month": "2022-08",
                    "counts": [
                        {"metric": "bs_5g_built", "area": "500112007", "value": 40, "month": "2022-07"},
                        {"metric": "bs_5g_built", "area": "500112007", "value": 46},
                    ],
                },
            ]
        }
    )

    month: MonthParameter = Field(
        description="Default month of the counts. The lines of all months in the request are compared,"
        f" of at most {WHAT_IF_MONTHS_MAX} months."
    )
    counts: Annotated[tuple[HypotheticalCount, ...], Field(max_length=1_000)] = ()
    approved_cases: Annotated[StrictInt, Field(ge=0, le=1_000_000)] | None = Field(
        default=None,
        description="Hypothetical number of approved application cases by the end of `month`, for the lines of that month.",
    )

    @model_validator(mode="after")
    def _check_size(self) -> Self:
        if not self.counts and self.approved_cases is None:
            raise FieldValueError(
                "至少应提供一个数值或案例数",
                "at least one of `counts` and `approved_cases` is required",
                "counts",
                "approved_cases",
            )
        if len(self.months) > WHAT_IF_MONTHS_MAX:
            raise FieldValueError(
                f"最多 {WHAT_IF_MONTHS_MAX} 个月", f"must not span more than {WHAT_IF_MONTHS_MAX} months", "counts"
            )
        return self

    @property
    def months(self) -> list[str]:
        """The months whose lines are compared, in order."""
        return sorted({self.month, *(count.month for count in self.counts if count.month)})


class WhatIfBrokenRule(ResponseModel):
    """A rule that a push of the hypothetical counts would break."""

    month: MonthText
    rule: str
    org: str
    area: str
    message: Bilingual


class WhatIfResult(ResponseModel):
    """The lines that would change, by month, in every breakdown that the caller may see."""

    campaign: str
    data_version: int
    definition_version: int
    month: MonthText
    lines: list[LineEffect]
    contradictions: list[WhatIfBrokenRule] = Field(
        description="Broken rules among the counts that indicators use; the lines are computed all the same."
    )
