"""The catalogue's shape: every list of codes an interface needs, each with its words in Chinese and English."""

from datetime import date

from pydantic import BaseModel, Field

from shared.values.bilingual import Bilingual
from shared.vocabulary import (
    ColumnKind,
    Grain,
    MetricKind,
    Reducer,
    RegisterCode,
    RegisterCount,
    Role,
    RuleKind,
    RuleScope,
    Severity,
)


class TitledCode(BaseModel):
    """A code with its words."""

    code: str
    title: Bilingual


class CatalogueCalendar(BaseModel):
    """Which months take counts, when one opens, is due and how much grace there is, in the campaign's timezone."""

    timezone: str = Field(examples=["Asia/Shanghai"])
    opens: str = Field(description="`month_start`: on its first day; `always`: a finished series.")
    due_day: int = Field(description="Day of the next month.")
    first_month: str | None = Field(description="Earlier months take reference counts only; null: any month takes counts.")
    grace_days: int = Field(
        description="Days after the due day on which a report is not late yet; a later one is late by the days since the due day."
    )


class CatalogueOrganisation(TitledCode):
    """Who reports or reads."""

    short: Bilingual
    roles: list[Role]
    area: str | None = Field(description="A street office's own street.")


class CatalogueArea(TitledCode):
    """A place."""

    short: Bilingual
    parent: str | None = Field(description="Null for the campaign's whole area.")
    urban: bool
    valid_from: str | None = Field(description="The first month it exists in.", examples=["2022-05"])
    valid_to: str | None = Field(description="The last month it exists in.")


class CatalogueMetric(TitledCode):
    """Something that is counted."""

    aliases: list[str] = Field(description="Other names for it that CSV files, workbooks and forms may use; JSON takes codes.")
    unit: Bilingual
    kind: MetricKind
    grain: Grain
    owed_by: list[str]
    reported_by: list[str] = Field(description="Who may report it without owing it.")
    derived: bool = Field(description="Written from a register; nobody pushes it.")
    task: int | None
    caliber: Bilingual | None
    valid_from: str | None = Field(description="The month from which this block holds; the last one that has begun does.")


class CatalogueVariant(TitledCode):
    """One way of reducing several organisations' counts to a numerator."""

    reducer: Reducer
    numerator: str | None
    denominator: str | None = Field(description="The metric it divides by: the indicator's unless it has one of its own.")
    decides: bool


class CatalogueIndicator(TitledCode):
    """A ratio or number the campaign is judged by: numerator × scale ÷ denominator."""

    numerator: str | None
    denominator: str | None
    scale: int
    decimals: int
    unit: Bilingual
    comparator: str
    variants: list[CatalogueVariant]
    caliber: Bilingual
    source: Bilingual
    informational: bool
    valid_from: str | None = Field(description="The month from which this block holds; the last one that has begun does.")


class CatalogueTarget(BaseModel):
    """A value an indicator must reach by a date."""

    indicator: str
    value: str = Field(description="A decimal, in the indicator's unit.", examples=["80"])
    due: date
    kind: str = Field(description="`campaign` or `task`.")
    task: int | None
    area: str | None
    org: str | None
    source: Bilingual


class PublishedValue(BaseModel):
    """One indicator's value, as it was published."""

    indicator: str
    value: str = Field(description="A decimal, in the indicator's unit.", examples=["33.2"])


class CatalogueBenchmark(BaseModel):
    """Published figures of another place."""

    place: Bilingual
    month: str = Field(examples=["2022-10"])
    figures: list[PublishedValue]
    source: Bilingual


class CatalogueRule(BaseModel):
    """What must hold between counts, or is worth a word where it does not."""

    code: str
    kind: RuleKind
    severity: Severity
    scope: RuleScope
    metrics: list[str] = Field(description="The metrics it names, parts before wholes. None: all that its kind can look at.")
    part_by: list[str] = Field(description="Whose parts are added up, in a rule across organisations.")
    whole_by: list[str] = Field(description="Whose wholes they are held against.")
    percent: int | None = Field(
        description="`change_limit`: a larger change on last month is found. `unlike_history`, `unlike_areas`: no smaller one is."
    )
    indicator: str | None = Field(description="`near_threshold`, `above_limit`: the ratio that is watched.")
    margin: str | None = Field(description="How close to its target is near, in the indicator's unit.", examples=["0.5"])
    deviations: str | None = Field(
        description="`unlike_history`, `unlike_areas`: what lies further from the median is found, in standard deviations that"
        " are estimated by the median absolute deviation.",
        examples=["3.5"],
    )
    months: int | None = Field(description="`unlike_history`: how many months it looks back.")
    at_least: int = Field(description="Fewer counts than this are not judged, where the kind compares many.")
    limit: str | None = Field(description="`above_limit`: in the indicator's unit.", examples=["100"])
    variant: str | None = Field(description="`above_limit`: the variant that is watched; null: every one.")
    lists: RegisterCode | None = Field(description="`listed_differently`: the register whose lists are compared.")
    look: list[str] = Field(description="Who checks what it finds; none: whoever answers for the counts, or the task force.")
    message: Bilingual
    valid_from: str | None = Field(description="The month from which this block holds; the last one that has begun does.")


class CatalogueMeasure(BaseModel):
    """One clause of a task."""

    code: str
    text: Bilingual
    evidence: Bilingual | None
    metrics: list[str]


class CatalogueTask(BaseModel):
    """One of the plan's tasks."""

    number: int
    action: Bilingual
    title: Bilingual
    content: Bilingual
    lead: list[str]
    responsible: list[str]
    cooperating: list[str]
    due: date | None = Field(description="Null: continuous.")
    indicators: list[str]
    measures: list[CatalogueMeasure]


class CatalogueColumn(BaseModel):
    """A column of a register's rows."""

    name: str
    title: Bilingual
    kind: ColumnKind
    required: bool
    key: bool = Field(description="It names the row within its organisation's month, alone or with the other keys.")
    least: float | None = Field(description="The smallest number.")
    most: float | None = Field(description="The largest number.")
    longest: int | None = Field(description="The most characters.")
    terms: list[TitledCode] = Field(description="The codes that may stand here; empty where any text may.")


class CatalogueCount(BaseModel):
    """A count that is derived from a register's rows."""

    count: RegisterCount
    metric: str
    declared: str | None = Field(description="The reported metric it is held against.")


class CatalogueRegister(TitledCode):
    """A monthly list of things."""

    kept_by: list[str]
    columns: list[CatalogueColumn]
    counts: list[CatalogueCount]
    max_rows: int = Field(description="Rows of one push.")


class CatalogueEnumeration(BaseModel):
    """A list of codes that answers and requests use; it may grow."""

    name: str = Field(examples=["status"])
    values: list[TitledCode]


class CatalogueLimits(BaseModel):
    """What is refused above."""

    json_max_bytes: int
    bulk_max_bytes: int
    bulk_max_rows: int
    xlsx_max_bytes: int
    xlsx_max_inflated_bytes: int
    page_max_items: int
    count_max: int


class CatalogueProblem(TitledCode):
    """A refusal: its code, its type and status."""

    type: str = Field(examples=["/problems/not-found"])
    status: int


class Catalogue(BaseModel):
    """Everything a client needs to know about a campaign."""

    campaign: TitledCode
    definition_version: int
    calendar: CatalogueCalendar
    organisations: list[CatalogueOrganisation]
    areas: list[CatalogueArea]
    metrics: list[CatalogueMetric]
    indicators: list[CatalogueIndicator]
    targets: list[CatalogueTarget]
    rules: list[CatalogueRule]
    tasks: list[CatalogueTask]
    registers: list[CatalogueRegister]
    case_domains: list[TitledCode]
    benchmarks: list[CatalogueBenchmark]
    enumerations: list[CatalogueEnumeration]
    limits: CatalogueLimits
    problems: list[CatalogueProblem]
