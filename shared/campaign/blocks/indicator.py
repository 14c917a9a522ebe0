"""The indicator block: a number computed from counts, and the variants of its computation."""

from typing import Annotated

from pydantic import Field, StrictBool, StrictInt

from shared.campaign.blocks.block import Block, Code, Month
from shared.values.bilingual import Bilingual
from shared.vocabulary import Comparator, Reducer


class Variant(Block):
    """One way of reducing the counts of several organisations and areas to a numerator; it may have a base of its own."""

    code: Code
    title: Bilingual
    reducer: Reducer
    numerator: Code | None = None  # None: the indicator's
    denominator: Code | None = None  # None: the indicator's
    unit: Bilingual | None = None  # of the numerator; None: that of its metric. `each` counts organisation × unit


PLAIN_SUM = Variant(code="sum", title=Reducer.SUM.title_, reducer=Reducer.SUM)
"""The only variant of an indicator that declares none."""


class Indicator(Block):
    """A ratio or number with which the campaign is measured: numerator × scale ÷ denominator."""

    code: Code
    title: Bilingual
    from_: Month | None = Field(default=None, alias="from")
    numerator: Code | None = None  # None: counted from something that is no metric, such as cases
    denominator: Code | None = None  # None: a plain number
    scale: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = 1  # 100 for per cent, 10 000 for per 10 000
    decimals: Annotated[StrictInt, Field(ge=0, le=4)] = 0  # shown, cut and never rounded
    unit: Bilingual
    comparator: Comparator = Comparator.AT_LEAST
    decides: Code = PLAIN_SUM.code
    variants: Annotated[tuple[Variant, ...], Field(alias="variant")] = (PLAIN_SUM,)
    caliber: Bilingual  # the definition in words
    source: Bilingual
    informational: StrictBool = False

    @property
    def deciding(self) -> Variant:
        """The variant that is compared with the target."""
        return next(variant for variant in self.variants if variant.code == self.decides)

    def numerator_of(self, variant: Variant) -> str | None:
        """Return the metric that a variant counts; None for reducers that count no metric."""
        return variant.numerator or self.numerator

    def denominator_of(self, variant: Variant) -> str | None:
        """Return the metric that a variant divides by; None for a plain number."""
        return variant.denominator or self.denominator

    def sides_of(self, variant: Variant) -> tuple[str | None, str | None]:
        """Return numerator and denominator of a variant."""
        return self.numerator_of(variant), self.denominator_of(variant)

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics that it reads, each once: numerator, denominator, then those of the variants."""
        own = (side for variant in self.variants for side in (variant.numerator, variant.denominator))
        read = (self.numerator, self.denominator, *own)
        return tuple(dict.fromkeys(code for code in read if code is not None))
