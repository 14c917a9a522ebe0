"""Response models of the catalogue: the codes of a campaign with their titles in Chinese and English."""

from datetime import date

from pydantic import BaseModel, Field

from services.indicators.models import AreaDefinition, IndicatorDefinition, MetricDefinition, ValidFrom
from shared.campaign.organisation_definition import OrganisationDefinition
from shared.values.bilingual import Bilingual, TitledCode
from shared.vocabulary import ColumnKind, RegisterCode, RegisterCount, RuleKind, RuleScope, Severity


class CatalogueCalendar(BaseModel):
    """The months that accept counts, with opening, due date and grace period in the campaign's timezone."""

    timezone: str = Field(examples=["Asia/Shanghai"])
    opens: str = Field(description="`month_start`: a month opens on its first day; `always`: all months are open.")
    due_day: int = Field(description="Due date: day of the following month.")
    first_month: str | None = Field(
        description="First month that accepts all counts; earlier months accept reference counts only. Null: no limit."
    )
    grace_days: int = Field(description="Length of the grace period in days; after it, lateness is counted from the due date.")
    holidays: list[date] = Field(description="Days off besides those of the Chinese calendar.")
    working_days: list[date] = Field(description="Working days besides those of the Chinese calendar.")


class CatalogueBenchmark(BaseModel):
    """An indicator's published value of another place."""

    place: Bilingual
    month: str = Field(examples=["2022-10"])
    indicator: str
    value: str = Field(description="Decimal number in the unit of the indicator.", examples=["33.2"])
    source: Bilingual


class CatalogueRule(BaseModel):
    """A quality rule on counts."""

    code: str
    kind: RuleKind
    severity: Severity
    scope: RuleScope
    metrics: list[str] = Field(
        description="Metrics of the rule, parts before wholes; empty for all metrics that the kind of rule can check."
    )
    part_by: list[str] = Field(description="Organisations whose parts are added up, in a rule across organisations.")
    whole_by: list[str] = Field(description="Organisations whose wholes the parts are compared with.")
    percent: int | None = Field(
        description="`change_limit`: larger changes from the previous month are findings."
        " `unlike_history`, `unlike_areas`: smaller deviations are not findings."
    )
    indicator: str | None = Field(description="`near_threshold`, `above_limit`: code of the indicator that is checked.")
    margin: str | None = Field(
        description="`near_threshold`: largest distance to the target, in the unit of the indicator.", examples=["0.5"]
    )
    deviations: str | None = Field(
        description="`unlike_history`, `unlike_areas`: largest distance from the median, in standard deviations"
        " estimated by the median absolute deviation.",
        examples=["3.5"],
    )
    months: int | None = Field(description="`unlike_history`: number of earlier months that are compared.")
    at_least: int = Field(description="Smallest number of counts that are compared, for kinds of rules that compare many.")
    limit: str | None = Field(description="`above_limit`: the limit in the unit of the indicator.", examples=["100"])
    variant: str | None = Field(description="`above_limit`: code of the variant that is checked; null for all variants.")
    lists: RegisterCode | None = Field(description="`listed_differently`: the register whose rows are compared.")
    look: list[str] = Field(
        description="Organisations that must act on the findings; empty for the reporting organisations or the task force."
    )
    message: Bilingual
    valid_from: ValidFrom


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
    due: date | None = Field(description="Due date; null for a continuous task.")
    indicators: list[str]
    measures: list[CatalogueMeasure]


class CatalogueSupervision(BaseModel):
    """The days by which the supervision of tasks goes."""

    starts: date | None = Field(
        description="Day from which the first progress report is awaited; null: from an assignment's first move on."
    )
    warning_days: int = Field(description="Days before a due date from which an unfinished assignment is at risk.")
    report_days: int = Field(description="Whole days without a progress report after which an assignment is at risk.")


class CatalogueChallenges(BaseModel):
    """The working days that each side of a challenge has, counted from the day after the move before."""

    answer_days: int = Field(description="For the challenged organisation, to concede or rebut.")
    correction_days: int = Field(description="For the challenged organisation, to correct the count.")
    decision_days: int = Field(description="For the challenger, to uphold or dismiss.")


class CatalogueColumn(BaseModel):
    """A column of a register."""

    name: str
    title: Bilingual
    kind: ColumnKind
    required: bool
    key: bool = Field(description="True if the column is part of the key that identifies a row within an organisation's month.")
    least: float | None = Field(description="Smallest allowed number.")
    most: float | None = Field(description="Largest allowed number.")
    longest: int | None = Field(description="Largest number of characters.")
    terms: list[TitledCode] = Field(description="Allowed codes; empty if any text is allowed.")


class CatalogueCount(BaseModel):
    """A count that is calculated from a register's rows."""

    count: RegisterCount
    metric: str
    declared: str | None = Field(description="Reported metric that the count is compared with.")


class CatalogueRegister(TitledCode):
    """A register: a monthly list of rows."""

    kept_by: list[str]
    columns: list[CatalogueColumn]
    counts: list[CatalogueCount]
    max_rows: int = Field(description="Maximum number of rows in one push.")


class CatalogueEnumeration(BaseModel):
    """An enumeration that requests and responses use; new values may be added."""

    name: str = Field(examples=["status"])
    values: list[TitledCode]


class CatalogueLimits(BaseModel):
    """Upper limits of requests, as this installation applies them."""

    json_max_bytes: int = Field(description="Bytes of a push in JSON.")
    bulk_max_bytes: int = Field(description="Bytes of a push in NDJSON or CSV.")
    bulk_max_rows: int = Field(description="Rows of a push, in any format.")
    xlsx_max_bytes: int = Field(description="Bytes of a workbook.")
    xlsx_max_inflated_bytes: int = Field(description="Bytes of a workbook when uncompressed.")
    document_max_bytes: int = Field(description="Bytes of any other JSON body.")
    document_max_keys: int = Field(description="Keys of any other JSON body, in all its objects.")
    object_max_keys: int = Field(description="Keys of one JSON object.")
    json_max_depth: int = Field(description="Levels of nesting in JSON.")
    query_max_parameters: int = Field(description="Parameters of a query.")
    page_max_items: int = Field(description="Items of a page.")
    attachment_max_bytes: int = Field(description="Bytes of an attachment.")
    attachments_max: int = Field(description="Attachments of one item.")
    count_max: int = Field(description="Largest count.")


class CatalogueProblem(TitledCode):
    """A kind of problem: its code, type and HTTP status."""

    type: str = Field(examples=["/problems/not-found"])
    status: int


class Catalogue(BaseModel):
    """The codes, titles, calendar, limits and error codes of a campaign."""

    campaign: TitledCode
    definition_version: int
    calendar: CatalogueCalendar
    organisations: list[OrganisationDefinition]
    areas: list[AreaDefinition]
    metrics: list[MetricDefinition]
    indicators: list[IndicatorDefinition]
    rules: list[CatalogueRule]
    tasks: list[CatalogueTask]
    supervision: CatalogueSupervision = Field(description="Days by which the supervision of tasks goes.")
    challenges: CatalogueChallenges = Field(description="Days by which challenges go.")
    registers: list[CatalogueRegister]
    case_domains: list[TitledCode]
    difficulty_categories: list[TitledCode]
    case_technologies: list[TitledCode]
    benchmarks: list[CatalogueBenchmark]
    enumerations: list[CatalogueEnumeration]
    limits: CatalogueLimits
    problems: list[CatalogueProblem]
