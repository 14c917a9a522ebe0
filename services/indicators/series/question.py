"""What can be asked of a series: which periods, of which line."""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from services.indicators.line_query import LineQuestion
from services.indicators.models import OrgParameter
from services.indicators.reading import AsOf
from services.indicators.series.periods import Period, periods
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import Indicator
from shared.http import representation
from shared.problems import FieldError, Schema
from shared.values.bilingual import Bilingual
from shared.values.field_error import FieldValueError
from shared.values.months import MonthParameter, month_of
from shared.values.suggestions import nearest
from shared.vocabulary import Grain, SeriesStep

MONTHS_MAX = 120


class SeriesQuestion(LineQuestion):
    """Which periods, of which line, as of when."""

    from_: Annotated[MonthParameter, Field(examples=["2022-06"])] = Field(alias="from", description="First month.")
    to: MonthParameter = Field(description=f"Last month, at most {MONTHS_MAX} months from the first to it.")
    step: SeriesStep = Field(
        default=SeriesStep.MONTH, description="`quarter`: those that lie wholly in the range; a stock's last month, a flow's sum."
    )
    org: Annotated[OrgParameter, Field(examples=["telecom"])] | None = Field(
        default=None, description="One organisation's part; left out: everybody's together."
    )
    as_of: AsOf = None
    format: representation.FormatParameter = None

    @model_validator(mode="after")
    def _a_range(self) -> Self:
        first, last = month_of(self.from_), month_of(self.to)
        if not 0 <= (last.year - first.year) * 12 + last.month - first.month < MONTHS_MAX:
            raise FieldValueError(f"from 不晚于 to，最多 {MONTHS_MAX} 个月", f"from is not after to, {MONTHS_MAX} months at most")
        return self

    def periods(self) -> list[Period]:
        """The periods asked for."""
        return periods(month_of(self.from_), month_of(self.to), self.step)


def refuse_undivided(question: LineQuestion, definition: AppliedDefinition, blocks: Sequence[Indicator]) -> None:
    """Raise Schema where the indicator has no line by area, or none of that organisation, in any month."""
    by_street = any(definition.metric(code).grain is Grain.STREET for block in blocks for code in block.metrics)
    if not by_street and question.area not in (None, definition.campaign.area):
        raise _refusal("area", question.area, Bilingual(zh="该指标不分街道", en="the indicator is not broken down by area"))
    if question.org is not None:
        counted = {block.numerator_of(block.deciding) for block in blocks}
        reporters = [org for metric in definition.metrics if metric.code in counted for org in metric.reporters]
        if question.org not in reporters:
            message = Bilingual(zh="该单位不填报该指标", en="the organisation does not report this indicator")
            raise _refusal("org", question.org, message, reporters)


def _refusal(name: str, value: str | None, message: Bilingual, valid: Sequence[str] = ()) -> Schema:
    hint = nearest(value or "", valid)
    return Schema(errors=[FieldError(where=f"query.{name}", code=f"not_by_{name}", message=message, value=value, hint=hint)])
