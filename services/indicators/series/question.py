"""What can be asked of a series: which periods, of which line."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self

from pydantic import Field, model_validator

from services.indicators.asked_line import LineQuestion
from services.indicators.models import OrgCode
from services.indicators.reading import AsOf, MonthParameter
from services.indicators.series.periods import Period, periods
from shared.bilingual import Bilingual
from shared.campaign.blocks import Indicator
from shared.campaign.loaded import LoadedDefinition
from shared.campaign.months import month_of
from shared.clock import Clock
from shared.nearest import nearest
from shared.problems import FieldError, Schema
from shared.validation import FaultError
from shared.vocabulary import Grain, SeriesStep

MONTHS_MAX = 120
MONTHS_UNASKED = 12


class SeriesQuestion(LineQuestion):
    """Which periods, of which line, as of when."""

    from_: Annotated[MonthParameter, Field(examples=["2022-06"])] | None = Field(
        default=None,
        alias="from",
        description=f"First month, with `to`. Left out: the {MONTHS_UNASKED} months up to the latest that is past its due day.",
    )
    to: MonthParameter | None = Field(default=None, description=f"Last month of a range of at most {MONTHS_MAX}.")
    step: SeriesStep = Field(
        default=SeriesStep.MONTH, description="`quarter`: those that lie wholly in the range; a stock's last month, a flow's sum."
    )
    org: Annotated[OrgCode, Field(examples=["telecom"])] | None = Field(
        default=None, description="One organisation's part; left out: everybody's together."
    )
    as_of: AsOf = None

    @model_validator(mode="after")
    def _a_range(self) -> Self:
        if (self.from_ is None) != (self.to is None):
            raise FaultError("from 和 to 须同时填写", "give both from and to, or neither")
        if self.from_ and self.to and not 0 <= _months_between(self.from_, self.to) < MONTHS_MAX:
            raise FaultError(f"from 不晚于 to，最多 {MONTHS_MAX} 个月", f"from is not after to, {MONTHS_MAX} months at most")
        return self

    def periods(self, loaded: LoadedDefinition, clock: Clock) -> list[Period]:
        """The periods asked for."""
        if self.from_ and self.to:
            return periods(month_of(self.from_), month_of(self.to), self.step)
        head = loaded.definition
        last = head.calendar.latest_due(clock.today(head.campaign.timezone))
        number = last.year * 12 + last.month - MONTHS_UNASKED  # months before the first one, since year 0
        return periods(date(number // 12, number % 12 + 1, 1), last, self.step)


def refuse_undivided(question: LineQuestion, loaded: LoadedDefinition, blocks: Sequence[Indicator]) -> None:
    """Raise Schema where the indicator has no line by area, or none of that organisation, in any month."""
    definition = loaded.definition
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


def _months_between(first: str, last: str) -> int:
    start, end = month_of(first), month_of(last)
    return (end.year - start.year) * 12 + end.month - start.month
