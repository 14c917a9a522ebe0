"""The blocks of a campaign file, one model a kind of table."""

import re
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, StrictBool, StrictInt

from shared.bilingual import Bilingual
from shared.faults import FaultError
from shared.months import month_of, month_text, next_month
from shared.vocabulary import Grain, MetricKind, Reducer, RegisterCode, RegisterCount, Role, Severity

EVERYBODY = "*"
"""The organisation under which counts derived from several organisations' lists are stored."""


def _decimal(value: object) -> object:
    number = isinstance(value, int | str) and not isinstance(value, bool)
    if not number or not re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,6})?", str(value)):
        raise FaultError('写整数，或把小数写作文本："12.5"', 'write a whole number, or a decimal as text: "12.5"')
    return str(value)


Month = Annotated[date, BeforeValidator(month_of), PlainSerializer(month_text)]
DecimalText = Annotated[str, BeforeValidator(_decimal)]
Code = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
AreaCode = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$")]


def _within(month: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= month) and (last is None or month <= last)


class Block(BaseModel):
    """A table of the file: frozen, and a key it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CampaignHead(Block):
    """What the campaign is called, where it is and which document it follows."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
    title: Bilingual
    area: AreaCode  # the root of the areas
    timezone: str  # an IANA name
    source: Bilingual


class Calendar(Block):
    """Which months take counts, when one opens, is due and how much grace there is, in the campaign's timezone."""

    opens: Literal["month_start", "always"]
    due_day: Annotated[StrictInt, Field(ge=1, le=28)]  # of the next month
    grace_days: Annotated[StrictInt, Field(ge=0, le=60)] = 0  # after the due day: forgives a late report
    first_month: Month | None = None  # earlier ones take references only; None: any month takes every count

    def has_begun(self, month: date) -> bool:
        """Whether the campaign counts anything in a month but references."""
        return _within(month, self.first_month, None)

    def is_open(self, month: date, today: date) -> bool:
        """Whether counts of a month are accepted on a business date: the running month is, a future one is not."""
        return self.opens == "always" or month <= today

    def hint(self, month: date, today: date) -> Bilingual:
        """What to tell a sender whose month takes no counts on a business date."""
        if self.first_month is not None and not self.has_begun(month):
            first = month_text(self.first_month)
            return Bilingual(zh=f"最早可报 {first}（基准数除外）", en=f"the first month is {first}, but for reference counts")
        return Bilingual(zh=f"最晚可报 {today:%Y-%m}", en=f"the latest month so far is {today:%Y-%m}")

    def due(self, month: date) -> date:
        """The last day on which a month's counts are in time."""
        return next_month(month).replace(day=self.due_day)

    def grace_until(self, month: date) -> date:
        """The last day on which being late is forgiven."""
        return self.due(month) + timedelta(days=self.grace_days)

    def late_days(self, month: date, day: date) -> int:
        """How many days after the due day a day is; 0 while the grace lasts, which forgives and does not move the due day."""
        return (day - self.due(month)).days if day > self.grace_until(month) else 0

    def latest_due(self, today: date) -> date:
        """The latest month whose due day is past."""
        running = today.replace(day=1)
        before = (running - timedelta(days=1)).replace(day=1)
        return before if today > self.due(before) else (before - timedelta(days=1)).replace(day=1)


class Organisation(Block):
    """Who reports or reads. Duties are positions, never people."""

    code: Code
    title: Bilingual
    short: Bilingual
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    area: AreaCode | None = None  # a street office's own street
    duties: tuple[Bilingual, ...] = ()
    valid_from: Month | None = None
    valid_to: Month | None = None  # the last month in which it reports

    def valid(self, month: date) -> bool:
        """Whether it takes part in a month."""
        return _within(month, self.valid_from, self.valid_to)


class Area(Block):
    """A place of the effective-dated tree; nothing is derived from the digits of its code."""

    code: AreaCode
    title: Bilingual
    short: Bilingual
    aliases: tuple[str, ...] = ()
    parent: AreaCode | None = None  # None: the campaign's whole area
    urban: StrictBool = True
    valid_from: Month | None = None
    valid_to: Month | None = None  # the last month in which it exists

    def valid(self, month: date) -> bool:
        """Whether it exists in a month."""
        return _within(month, self.valid_from, self.valid_to)


class Metric(Block):
    """Something that is counted. One code is one caliber."""

    code: Code
    title: Bilingual
    unit: Bilingual
    kind: MetricKind
    grain: Grain
    owed_by: tuple[Code, ...] = ()
    reported_by: tuple[Code, ...] = ()  # voluntary: may report, owes nothing; of a derived metric: whose registers it counts
    derived: StrictBool = False  # written from registers, under `EVERYBODY` unless `reported_by` names whose; nobody pushes it
    task: StrictInt | None = None
    caliber: Bilingual | None = None
    from_: Month | None = Field(default=None, alias="from")
    valid_to: Month | None = None  # the last month it is counted for

    @property
    def reporters(self) -> tuple[str, ...]:
        """Every organisation that may report it, those that owe it first."""
        return (*self.owed_by, *self.reported_by)

    @property
    def of_everybody(self) -> bool:
        """Whether it is derived from the lists of several organisations at once, and is no organisation's own."""
        return self.derived and not self.reported_by

    def valid(self, month: date) -> bool:
        """Whether this block covers a month (a later block of the same code may hold instead)."""
        return _within(month, self.from_, self.valid_to)


class Variant(Block):
    """One way of reducing the counts of several organisations and areas to a numerator; it may have a base of its own."""

    code: Code
    title: Bilingual
    reducer: Reducer
    numerator: Code | None = None  # None: the indicator's
    denominator: Code | None = None  # None: the indicator's


PLAIN_SUM = Variant(code="sum", title=Reducer.SUM.title_, reducer=Reducer.SUM)
"""What an indicator without variants gets."""


class Indicator(Block):
    """A ratio or number the campaign is judged by: numerator × scale ÷ denominator."""

    code: Code
    title: Bilingual
    from_: Month | None = Field(default=None, alias="from")
    numerator: Code | None = None  # None: counted from something that is no metric, such as cases
    denominator: Code | None = None  # None: a plain number
    scale: Annotated[StrictInt, Field(ge=1, le=1_000_000)] = 1  # 100 for per cent, 10 000 for per 10 000
    decimals: Annotated[StrictInt, Field(ge=0, le=4)] = 0  # shown, cut and never rounded
    unit: Bilingual
    comparator: Literal[">="] = ">="
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
        """The metric a variant counts; None for reducers that count no metric."""
        return variant.numerator or self.numerator

    def denominator_of(self, variant: Variant) -> str | None:
        """The metric a variant divides by; None for a plain number."""
        return variant.denominator or self.denominator

    def sides_of(self, variant: Variant) -> tuple[str | None, str | None]:
        """Both."""
        return self.numerator_of(variant), self.denominator_of(variant)

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric it reads, each once: numerator, denominator, then the variants' own."""
        own = (side for variant in self.variants for side in (variant.numerator, variant.denominator))
        read = (self.numerator, self.denominator, *own)
        return tuple(dict.fromkeys(code for code in read if code is not None))


class Target(Block):
    """A value an indicator must reach by a date. Several may stand beside each other: the campaign's and the tasks'."""

    indicator: Code
    value: DecimalText  # in the indicator's unit: 80 for 80 %
    due: date
    kind: Literal["campaign", "task"] = "campaign"
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


class Hint(Block):
    """What to tell a sender who uses a tempting but wrong word as a metric code."""

    word: str
    text: Bilingual


class RegisterTerm(Block):
    """A value that a column of a register may have."""

    column: Code
    code: Code
    title: Bilingual


class DerivedCount(Block):
    """Something that is counted in the registers, and the metric it is written under."""

    count: RegisterCount
    metric: Code  # a derived one
    declared: Code | None = None  # the reported metric it is held against
    severity: Severity = Severity.INFO  # of the finding that the two differ


class KeptRegister(Block):
    """A monthly list of things: who keeps it, and what is counted when its rows change."""

    code: RegisterCode
    kept_by: tuple[Code, ...]
    terms: Annotated[tuple[RegisterTerm, ...], Field(alias="term")] = ()
    counts: Annotated[tuple[DerivedCount, ...], Field(alias="count")] = ()


class CaseDomain(Block):
    """A field in which application cases are wanted."""

    code: Code
    title: Bilingual


class Measure(Block):
    """One clause of a task: what is to be done, and what shows that it was."""

    code: Annotated[str, Field(pattern=r"^[0-9]{1,2}\.[0-9]{1,2}$")]
    text: Bilingual
    evidence: Bilingual | None = None
    metrics: tuple[Code, ...] = ()


class Task(Block):
    """One of the plan's tasks."""

    number: Annotated[StrictInt, Field(ge=1, le=99)]
    action: Bilingual
    title: Bilingual
    content: Bilingual
    lead: tuple[Code, ...] = ()
    responsible: tuple[Code, ...]
    cooperating: tuple[Code, ...] = ()
    due: date | None = None  # None: continuous, never overdue
    indicators: tuple[Code, ...] = ()
    measures: Annotated[tuple[Measure, ...], Field(alias="measure")] = ()


class Benchmark(Block):
    """Published figures of another place, by indicator code."""

    place: Bilingual
    month: Month
    values: dict[Code, DecimalText]
    source: Bilingual
