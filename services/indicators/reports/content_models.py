"""The content of a report, as its JSON file has it; the other files are made from it."""

from datetime import date, datetime
from uuid import UUID

from pydantic import Field

from services.indicators.models import MonthText, ReferenceMonth, SummaryLine
from services.indicators.targets.models import PaceBasis, PaceSoFar, TargetProgress
from shared.http.json_response import ResponseModel
from shared.values.bilingual import Bilingual
from shared.vocabulary import LedgerKind, RevisionKind, Role, Status, SubmissionState, TaskStanding


class ReportNamedCode(ResponseModel):
    """A code with its titles."""

    code: str
    title: Bilingual
    short: Bilingual


class ReportOrganisation(ReportNamedCode):
    """An organisation that the report names."""

    roles: list[Role]


class ReportTitledCode(ResponseModel):
    """A code with its title."""

    code: str
    title: Bilingual


class ReportHeadline(ResponseModel):
    """How many of the indicators that have a target stand where."""

    targets: int
    met: int
    not_met: int
    incomplete: int
    not_applicable: int
    provisional: bool = Field(description="The month of some contributor is not accepted yet.")


class ReportedMonth(ResponseModel):
    """A campaign-wide figure of one month."""

    month: MonthText
    value: float | None
    display: str | None
    status: Status


class ReportForecast(ResponseModel):
    """How fast an indicator goes, and where it will stand on the due day of the target that decides."""

    basis: PaceBasis
    pace: PaceSoFar | None = Field(description="Null with fewer than two comparable months.")
    target: TargetProgress


class ReportedIndicator(ResponseModel):
    """An indicator with its figures."""

    code: str
    title: Bilingual
    unit: Bilingual
    counted_in: Bilingual = Field(description="The unit of the numerator, and so of the gap.")
    caliber: Bilingual
    source: Bilingual
    variants: list[ReportTitledCode]
    decides: str = Field(description="The variant that is compared with the target.")
    informational: bool
    line: SummaryLine
    outlook: ReportForecast | None = Field(description="Null without a target.")
    areas: list[SummaryLine] = Field(description="By street; empty where it is not counted by street.")
    orgs: list[SummaryLine] = Field(description="By organisation; empty where no organisation reports it.")
    months: list[ReportedMonth] = Field(description="Up to a year, the month of the report last.")


class ReportedFigures(ResponseModel):
    """What a report said of an indicator."""

    numerator: int | None
    denominator: int | None
    display: str | None
    status: Status


class ReportContribution(ResponseModel):
    """What an organisation's counts did to a numerator."""

    org: str
    before: int | None
    after: int | None


class ReportDifference(ResponseModel):
    """An indicator in the last report and in this one."""

    indicator: str
    before: ReportedFigures | None = Field(description="Null where the last report did not have it.")
    after: ReportedFigures
    contributions: list[ReportContribution]
    reasons: list[Bilingual]


class ReportRevision(ResponseModel):
    """Counts of the last report's month that stand otherwise now: an organisation's of one metric, over its areas."""

    org: str
    metric: str
    title: Bilingual
    month: MonthText
    kind: RevisionKind
    before: int | None
    after: int | None
    reasons: list[str] = Field(description="As the organisation gave them when it changed the counts.")


class ReportChange(ResponseModel):
    """What took data versions since the last report."""

    kind: LedgerKind
    org: str | None
    times: int
    last_at: datetime


class ReportDifferences(ResponseModel):
    """This report against the last one issued before it."""

    number: int
    month: MonthText
    data_version: int
    issued_at: datetime
    lines: list[ReportDifference]
    revisions: list[ReportRevision]
    changes: list[ReportChange]


class ReportedCase(ResponseModel):
    """An approved application case that counts in the month."""

    id: UUID
    title: str
    domain: str
    applicant: str
    org: str
    area: str | None
    approved_on: date


class ReportedCaseDomain(ResponseModel):
    """The approved cases of a domain."""

    code: str
    title: Bilingual
    approved: int


class ReportedCases(ResponseModel):
    """The application cases."""

    approved: list[ReportedCase]
    domains: list[ReportedCaseDomain]
    waiting: int = Field(description="Filed, and not decided yet.")


class ReportedTaskTarget(ResponseModel):
    """A task's own target."""

    indicator: str
    title: Bilingual
    unit: Bilingual
    target: float
    due: date
    display: str | None
    status: Status


class ReportedTaskCount(ResponseModel):
    """A voluntary count that tells of a task's progress."""

    metric: str
    title: Bilingual
    unit: Bilingual
    value: int
    orgs: list[str] = Field(description="Who reported it.")


class ReportedTask(ResponseModel):
    """One of the plan's tasks."""

    number: int
    action: Bilingual
    title: Bilingual
    lead: list[str]
    responsible: list[str]
    cooperating: list[str]
    due: date | None
    standing: TaskStanding
    targets: list[ReportedTaskTarget]
    counts: list[ReportedTaskCount]


class OrganisationReporting(ResponseModel):
    """What an organisation owed for the month, and what came."""

    org: str
    expected: int
    reported: int
    zero: int
    missing: int
    late: int = Field(description="Reported late, or missing and late.")
    late_days: int = Field(description="Of the latest of its counts, at `at`.")
    state: SubmissionState


class ReportingState(ResponseModel):
    """Who reported, and who was late."""

    at: datetime
    due: date
    grace_until: date
    organisations: list[OrganisationReporting]


class ReportSources(ResponseModel):
    """What the figures rest on."""

    plan: Bilingual
    references: list[ReferenceMonth] = Field(description="Denominators that are older than the month.")
    metrics: list[ReportTitledCode] = Field(description="The counts that the indicators read.")


class ReportContent(ResponseModel):
    """An issued report. It never changes; the same month issued again is another report."""

    campaign: str
    title: Bilingual
    author: Bilingual
    number: int
    month: MonthText
    supersedes: int | None
    data_version: int
    definition_version: int
    issued_at: datetime
    issued_by: ReportNamedCode
    addressed_to: list[ReportNamedCode]
    headline: ReportHeadline
    indicators: list[ReportedIndicator]
    differences: ReportDifferences | None = Field(description="Null in the first report.")
    cases: ReportedCases
    tasks: list[ReportedTask]
    reporting: ReportingState
    problems: str
    next_steps: str
    sources: ReportSources
    organisations: list[ReportOrganisation]
    areas: list[ReportNamedCode]
