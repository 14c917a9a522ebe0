"""Values that indicators are held against."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

from pydantic import Field, StrictInt

from shared.campaign.blocks.block import AreaCode, Block, Code, DecimalText, Month
from shared.values.bilingual import Bilingual
from shared.vocabulary import SeriesStep


class Target(Block):
    """A value an indicator must reach by a date. Several may stand beside each other: the campaign's and the tasks'."""

    indicator: Code
    value: DecimalText  # in the indicator's unit: 80 for 80 %
    due: date
    kind: Literal["campaign", "task"] = "campaign"
    period: SeriesStep = SeriesStep.MONTH  # `quarter` or `year`: compared with sums of flows over that period, not with a month
    task: StrictInt | None = None
    area: AreaCode | None = None
    org: Code | None = None
    source: Bilingual
    from_: Month | None = Field(default=None, alias="from")

    @cached_property
    def ratio(self) -> Fraction:
        """The value, exactly, in the indicator's unit: met when numerator × scale ≥ ratio × denominator."""
        return Fraction(Decimal(self.value))

    @cached_property
    def number(self) -> float:
        """The value as JSON shows it: a whole number where it is one."""
        exact = Decimal(self.value)
        return int(exact) if exact == exact.to_integral_value() else float(exact)


class Benchmark(Block):
    """Published figures of another place, by indicator code."""

    place: Bilingual
    month: Month
    values: dict[Code, DecimalText]
    source: Bilingual
