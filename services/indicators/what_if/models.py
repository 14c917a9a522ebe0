"""What `/v1/what-if` takes and answers."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, StrictInt, model_validator

from services.indicators.models import MonthText
from shared.http.json_response import ResponseModel
from shared.values.bilingual import Bilingual
from shared.values.field_error import FieldValueError
from shared.values.fields import Body
from shared.values.months import MonthParameter
from shared.vocabulary import LARGEST_COUNT, Status

WhatIfCode = Annotated[str, Field(min_length=1, max_length=63)]
WHAT_IF_MONTHS_MAX = 36


class HypotheticalCount(BaseModel):
    """A count as if it were another."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: WhatIfCode
    area: WhatIfCode
    value: Annotated[StrictInt, Field(ge=0, le=LARGEST_COUNT)] | None = Field(
        description="Null: as if nobody had reported it; a reference, as if by its month there were none."
    )
    org: WhatIfCode | None = Field(
        default=None, description="Whose count; left out: the caller's own. `*` for what is derived from several lists."
    )
    month: MonthParameter | None = Field(
        default=None,
        description="Its own month; left out: that of the question. A reference holds on until one that was reported for later.",
    )


class WhatIfRequest(Body):
    """Some counts that are to be looked at as if they were others, of one month or several. Nothing is written."""

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
        description="Month of the counts that name none. Lines of all named months are compared,"
        f" of at most {WHAT_IF_MONTHS_MAX} months."
    )
    counts: Annotated[tuple[HypotheticalCount, ...], Field(max_length=1_000)] = ()
    approved_cases: Annotated[StrictInt, Field(ge=0, le=1_000_000)] | None = Field(
        default=None, description="As if so many application cases were approved by the end of `month`; in that month's lines."
    )

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.counts and self.approved_cases is None:
            raise FieldValueError("至少给出一个计数或案例数", "suppose at least one count, or a number of cases")
        if len(self.months) > WHAT_IF_MONTHS_MAX:
            raise FieldValueError(f"最多 {WHAT_IF_MONTHS_MAX} 个月", f"{WHAT_IF_MONTHS_MAX} months at most")
        return self

    @property
    def months(self) -> list[str]:
        """The months whose lines are looked at, in order."""
        return sorted({self.month, *(count.month for count in self.counts if count.month)})


class WhatIfLineState(ResponseModel):
    """A line's deciding figure; the numbers are null while a cell is missing."""

    numerator: NonNegativeInt | None
    denominator: NonNegativeInt | None
    value: float | None
    display: str | None
    status: Status
    gap: NonNegativeInt | None
    missing: int = Field(description="Owed cells without a count.")


class WhatIfLine(ResponseModel):
    """A line that the supposed counts move."""

    month: MonthText
    indicator: str
    area: str | None
    org: str | None
    unit: Bilingual
    target: float | None
    due: date | None
    before: WhatIfLineState | None = Field(description="Null where there is no such line.")
    after: WhatIfLineState | None
    flipped: bool = Field(description="Whether the target is reached after and was not before, or the other way round.")


class WhatIfBrokenRule(ResponseModel):
    """A rule by which a push of these counts would be refused."""

    month: MonthText
    rule: str
    org: str
    area: str
    message: Bilingual


class WhatIf(ResponseModel):
    """The lines that would move, month by month, of every breakdown that the caller may read, as of one data version."""

    campaign: str
    data_version: int
    definition_version: int
    month: MonthText
    lines: list[WhatIfLine]
    contradictions: list[WhatIfBrokenRule] = Field(
        description="Judged among the counts that indicators read; the lines are computed all the same."
    )
