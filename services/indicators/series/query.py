"""The parameters of a series."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from services.indicators.line_query import LineQuery
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import Indicator
from shared.http import representation
from shared.problems import FieldError, Schema
from shared.reading.reading import AsOf
from shared.values.bilingual import Bilingual
from shared.values.field_error import FieldValueError
from shared.values.fields import CodeParameter
from shared.values.months import MonthParameter, month_of, month_range
from shared.values.suggestions import nearest
from shared.vocabulary import FieldCode, Grain, SeriesStep

SERIES_MONTHS_MAX = 120


class SeriesQuery(LineQuery):
    """Periods, line and data version of a series."""

    from_: Annotated[MonthParameter, Field(examples=["2022-06"])] = Field(alias="from", description="First month.")
    to: MonthParameter = Field(description=f"Last month; the range must not exceed {SERIES_MONTHS_MAX} months.")
    step: SeriesStep = Field(
        default=SeriesStep.MONTH,
        description="`quarter` and `year` return the periods within the range: the last month of stocks, the sum of flows."
        " A sum is compared only with a target that names the period.",
    )
    org: Annotated[CodeParameter, Field(examples=["telecom"])] | None = Field(
        default=None, description="Organisation code; omit it for all organisations together."
    )
    as_of: AsOf = None
    format: representation.FormatParameter = None
    bom: representation.BomParameter = True

    @model_validator(mode="after")
    def _check_range(self) -> Self:
        if not 0 < len(month_range(month_of(self.from_), month_of(self.to))) <= SERIES_MONTHS_MAX:
            raise FieldValueError(
                f"from 不得晚于 to，跨度不超过 {SERIES_MONTHS_MAX} 个月",
                f"`from` must not be after `to`; the range must not exceed {SERIES_MONTHS_MAX} months",
                "from",
                "to",
            )
        return self


def refuse_missing_breakdown(query: LineQuery, definition: AppliedDefinition, blocks: Sequence[Indicator]) -> None:
    """Raise Schema if the indicator is in no month broken down by the requested area or organisation."""
    by_street = any(definition.metric(code).grain is Grain.STREET for block in blocks for code in block.metrics)
    if not by_street and query.area not in (None, definition.campaign.area):
        message = Bilingual(zh="该指标不分街道", en="the indicator is not broken down by area")
        raise _error("area", FieldCode.NOT_BY_AREA, query.area, message)
    if query.org is not None:
        counted = {block.numerator_of(block.deciding) for block in blocks}
        reporters = [org for metric in definition.metrics if metric.code in counted for org in metric.reporters]
        if query.org not in reporters:
            message = Bilingual(zh="该单位不填报该指标", en="the organisation does not report this indicator")
            raise _error("org", FieldCode.NOT_BY_ORG, query.org, message, reporters)


def _error(name: str, code: FieldCode, value: str | None, message: Bilingual, valid: Sequence[str] = ()) -> Schema:
    hint = nearest(value or "", valid)
    return Schema(errors=[FieldError(where=f"query.{name}", code=code, message=message, value=value, hint=hint)])
