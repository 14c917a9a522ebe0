"""The rule block: a rule between counts, and the keys that each kind of rule has."""

from collections.abc import Mapping
from typing import Annotated, Self

from pydantic import Field, StrictInt, model_validator

from shared.campaign.blocks.block import Block, Code, DecimalText, Month
from shared.values.bilingual import Bilingual
from shared.values.field_error import FieldValueError
from shared.vocabulary import RegisterCode, RuleKind, RuleScope, Severity

KEYS_OF_RULES: Mapping[RuleKind, tuple[str, tuple[str, ...]]] = {
    RuleKind.PART_OF: ("part and whole", ("part_by", "whole_by")),
    RuleKind.SUM_EQUALS: ("total and parts", ()),
    RuleKind.CHANGE_LIMIT: ("percent", ("metrics",)),
    RuleKind.STOCK_FALL: ("", ("metrics",)),
    RuleKind.COPIED_REPORT: ("", ("at_least",)),
    RuleKind.NEAR_THRESHOLD: ("indicator and margin", ()),
    RuleKind.ABOVE_REFERENCE: ("part and whole", ()),
    RuleKind.DECLARED_DIFFERS: ("part and whole", ("part_by",)),
    RuleKind.UNLIKE_HISTORY: ("deviations and percent and months and at_least", ("metrics",)),
    RuleKind.UNLIKE_AREAS: ("part and whole and deviations and percent and at_least", ()),
    RuleKind.ABOVE_LIMIT: ("indicator and limit", ("variant",)),
    RuleKind.LISTED_DIFFERENTLY: ("register", ()),
    RuleKind.SHARED_UNLISTED: ("", ()),
    RuleKind.SITES_UNLISTED: ("part and part_by", ()),
}
"""The keys that each kind of rule requires, and those that it may have, besides the keys of all rules."""

STATISTICAL = frozenset({RuleKind.UNLIKE_HISTORY, RuleKind.UNLIKE_AREAS})
"""Rules that find outliers, which are not necessarily errors: they require no explanation."""
OF_STORED_MONTHS = STATISTICAL | {
    RuleKind.ABOVE_LIMIT,
    RuleKind.LISTED_DIFFERENTLY,
    RuleKind.SHARED_UNLISTED,
    RuleKind.SITES_UNLISTED,
}
"""Rules that need many months, all areas or whole registers: checked when findings are read, not in a push."""

_KEYS = (
    *("part", "whole", "part_by", "whole_by", "total", "parts", "metrics", "percent", "indicator", "margin"),
    *("deviations", "months", "limit", "variant", "register"),
)
_ATTRIBUTES = {"metrics": "named", "register": "lists"}


class Rule(Block):
    """A rule between counts of one month; its severity says what happens if it is broken."""

    code: Code
    kind: RuleKind
    severity: Severity = Severity.BLOCK
    scope: RuleScope = RuleScope.ORG
    part: Code | None = None  # part_of, above_reference: part ≤ whole; declared_differs: part = whole
    whole: Code | None = None  # unlike_areas: part ÷ whole is compared
    part_by: tuple[Code, ...] = ()  # part_of across organisations: the sum of these organisations' parts
    whole_by: tuple[Code, ...] = ()  # is compared with the sum of these organisations' wholes
    total: Code | None = None  # sum_equals: total = sum of parts
    parts: tuple[Code, ...] = ()
    named: Annotated[tuple[Code, ...], Field(alias="metrics")] = ()  # of a rule over time; none: all
    percent: Annotated[StrictInt, Field(ge=1, le=1_000)] | None = None  # smaller changes are ignored
    indicator: Code | None = None  # above_limit: its ratio; near_threshold: its ratio lies within
    margin: DecimalText | None = None  # this of its target, in the indicator's unit
    at_least: Annotated[StrictInt, Field(ge=2, le=1_000)] = 2  # with fewer counts the rule is not checked; of unlike_*: 3
    deviations: DecimalText | None = None  # unlike_*: so many standard deviations from the median, estimated by the MAD
    months: Annotated[StrictInt, Field(ge=4, le=60)] | None = None  # unlike_history: how far back
    limit: DecimalText | None = None  # above_limit: in the indicator's unit
    variant: Code | None = None  # above_limit: the variant to check; none: every one
    lists: Annotated[RegisterCode | None, Field(alias="register")] = None  # listed_differently
    look: tuple[Code, ...] = ()  # who checks what it finds; none: whoever answers for the counts, or the task force
    message: Bilingual
    from_: Month | None = Field(default=None, alias="from")

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric it names: the parts, then the whole."""
        return tuple(code for code in (self.part, *self.parts, self.whole, self.total, *self.named) if code is not None)

    @property
    def refuses(self) -> bool:
        """True if rows that break the rule are rejected."""
        return self.severity is Severity.BLOCK

    @property
    def across(self) -> bool:
        """True if the rule compares counts of several organisations."""
        return self.scope is RuleScope.CAMPAIGN

    @model_validator(mode="after")
    def _one_shape(self) -> Self:
        if self.kind in STATISTICAL and self.at_least < 3:
            raise FieldValueError(
                f"{self.kind} 的 at_least 至少为 3：数据过少时看不出离散程度",
                f"at_least of {self.kind} must be 3 or more: fewer counts show no spread",
            )
        needed, optional = KEYS_OF_RULES[self.kind]
        wanted = set(needed.replace(" and ", " ").split())
        given = {name for name in _KEYS if getattr(self, _ATTRIBUTES.get(name, name))}
        if self.at_least != type(self).model_fields["at_least"].default:
            given.add("at_least")
        if not wanted <= given <= wanted | set(optional):
            required = f"has {needed}" if needed else "needs no further key"
            required_zh = f"须有 {needed.replace(' and ', '、')}" if needed else "没有必填键"
            may_zh = f"，可有 {'、'.join(optional)}" if optional else ""
            may = f", may have {' and '.join(optional)}" if optional else ""
            raise FieldValueError(
                f"{self.kind} 规则{required_zh}{may_zh}，不得有其他键", f"a {self.kind} rule {required}{may}, and nothing else"
            )
        return self
