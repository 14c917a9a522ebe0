"""The content of a report: the schema of its JSON file, which the other files are rendered from."""

from datetime import date
from uuid import UUID

from pydantic import Field, NonNegativeInt

from services.indicators.models import AreaDefinition, MonthText, ReferenceMonth, SummaryLine, TargetDeadline
from services.indicators.targets.models import NumeratorPace, TargetProgress
from shared.campaign.organisation_definition import OrganisationDefinition
from shared.http.json_response import ResponseModel
from shared.push_report import LineState
from shared.reading.assignment_status import AssignmentStatus
from shared.values.bilingual import Bilingual, TitledCode
from shared.values.timestamps import Timestamp
from shared.vocabulary import (
    ActionItemState,
    CaseState,
    ChallengeState,
    Comparator,
    DifficultyState,
    LedgerKind,
    RevisionKind,
    Status,
    SubmissionState,
    TaskMove,
    TaskStanding,
    TaskStatus,
)


class ReportLetterhead(ResponseModel):
    """Parts of an official document that the campaign sets, in Chinese; null if it does not."""

    document_number: str | None
    signatory: str | None
    contact: str | None
    copies_to: str | None
    printed_by: str | None


class ReportHeadline(ResponseModel):
    """Numbers of indicators with a target, by status."""

    targets: int
    met: int
    not_met: int
    incomplete: int
    not_reported: int = Field(description="Number of indicators of which nobody reported a voluntary count.")
    not_applicable: int
    provisional: bool = Field(description="True if the month of any contributor is not accepted.")


class ReportMonth(ResponseModel):
    """The value of one month for the whole campaign."""

    month: MonthText
    value: float | None
    display: str | None
    status: Status


class ReportForecast(ResponseModel):
    """Pace of an indicator, and its forecast on the due date of the deciding target."""

    pace: NumeratorPace = Field(description="Pace of the numerator, and the months that it is calculated from.")
    target: TargetProgress


class ReportIndicator(ResponseModel):
    """An indicator with its values."""

    code: str
    title: Bilingual
    unit: Bilingual
    counted: Bilingual = Field(description="Title of the numerator, of which the gap is missing.")
    counted_in: Bilingual = Field(description="Unit of the numerator and of the gap.")
    contributions_note: Bilingual | None = Field(
        description="Why the numerators of `orgs` do not add up to that of `line`; null if they do."
    )
    caliber: Bilingual
    source: Bilingual
    variants: list[TitledCode]
    decides: str = Field(description="Code of the variant that is compared with the target.")
    informational: bool
    line: SummaryLine
    outlook: ReportForecast | None = Field(description="Null without a target.")
    areas: list[SummaryLine] = Field(description="Lines by subdistrict; empty if it is not counted by subdistrict.")
    orgs: list[SummaryLine] = Field(description="Lines by organisation; empty if no organisation reports the indicator.")
    months: list[ReportMonth] = Field(description="Up to 12 months, ending with the month of the report.")


class ReportContribution(ResponseModel):
    """An organisation's numerator in the previous report and in this one."""

    org: str
    before: int | None
    after: int | None


class ReportDifference(ResponseModel):
    """An indicator in the previous report and in this one."""

    indicator: str
    before: LineState | None = Field(description="Null if the previous report did not include the indicator.")
    after: LineState
    contributions: list[ReportContribution]
    reasons: list[Bilingual]


class ReportRestatement(ResponseModel):
    """A month of an indicator whose value was another one in the previous report."""

    indicator: str
    title: Bilingual
    month: MonthText
    before: str | None = Field(description="Displayed value in the previous report; null if it had none.")
    after: str | None = Field(description="Displayed value in this report; null if it has none.")


class ReportRevision(ResponseModel):
    """A count behind a figure of the previous report that has changed since, or an organisation's number of cases."""

    org: str
    metric: str | None = Field(description="Null for a number of cases.")
    title: Bilingual
    area: str | None = Field(description="Null for a number of cases.")
    month: MonthText
    kind: RevisionKind
    before: int | None
    after: int | None
    reasons: list[str] = Field(description="Reasons that the organisation gave when it changed the counts.")


class ReportChange(ResponseModel):
    """Data versions created since the previous report, by kind and organisation."""

    kind: LedgerKind
    org: str | None
    times: int
    last_at: Timestamp


class ReportDifferences(ResponseModel):
    """Differences from the previous report: the one that this one supersedes, or else the last one of an earlier month."""

    number: int
    month: MonthText
    data_version: int
    issued_at: Timestamp
    lines: list[ReportDifference]
    restated: list[ReportRestatement]
    revisions: list[ReportRevision] = Field(
        description="Changed counts of every month that the previous report shows, of older reference counts that it uses, and"
        " all of its own month."
    )
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
    """Number of approved cases of a domain."""

    code: str
    title: Bilingual
    approved: int


class ReportedCaseState(ResponseModel):
    """Number of cases in a state."""

    state: CaseState
    count: NonNegativeInt
    before: NonNegativeInt | None = Field(description="At the issue of the previous report; null without one.")
    entered: NonNegativeInt = Field(description="Of `count`, those in another state at the issue of the previous report.")


class ReportedCases(ResponseModel):
    """Application cases."""

    total: NonNegativeInt = Field(description="Number of approved cases that count in the month.")
    approved: list[ReportedCase] = Field(description="Approved cases in the order of their dates; at most the latest 500.")
    domains: list[ReportedCaseDomain]
    waiting: int = Field(description="Number of submitted cases that wait for approval.")
    states: list[ReportedCaseState] = Field(description="Number of cases by state on the day of issue, but for drafts.")


class ReportTaskTarget(ResponseModel):
    """A task's own target."""

    indicator: str
    title: Bilingual
    unit: Bilingual
    comparator: Comparator
    target: float
    due: date
    display: str | None
    status: Status
    deadline: TargetDeadline | None


class ReportTaskCount(ResponseModel):
    """A voluntary count that measures a task's progress."""

    metric: str
    title: Bilingual
    unit: Bilingual
    value: int
    orgs: list[str] = Field(description="Organisations that reported it.")


class ReportTask(ResponseModel):
    """One of the plan's tasks."""

    number: int
    action: Bilingual
    title: Bilingual
    lead: list[str]
    responsible: list[str]
    cooperating: list[str]
    due: date | None
    standing: TaskStanding = Field(description="Position of the day of issue relative to the due date.")
    status: TaskStatus | None = Field(description="Most urgent status of the assignments on the day of issue; null without any.")
    days_left: int | None = Field(
        description="Days to the due date, negative after it; null without one, and once all is reported done."
    )
    open_difficulties: NonNegativeInt = Field(description="Number of unfinished difficulties linked to the task.")
    assignments: list[AssignmentStatus] = Field(
        description="Status on the day of issue for each responsible organisation, as on the board."
    )
    targets: list[ReportTaskTarget]
    counts: list[ReportTaskCount]


class ReportTaskReview(ResponseModel):
    """An acceptance, return or reopening of an assignment."""

    number: int = Field(description="Number of the task.")
    org: str = Field(description="Code of the responsible organisation.")
    move: TaskMove
    by: str = Field(description="Code of the organisation that made the move.")
    day: date
    reason: str | None


class ItemTotals(ResponseModel):
    """Numbers of items. Those since the previous report are of all time in a first report."""

    opened: NonNegativeInt = Field(description="Opened since the previous report.")
    resolved: NonNegativeInt = Field(description="Resolved, accepted or decided since the previous report.")
    ended: NonNegativeInt = Field(description="Withdrawn, or closed without being resolved, since the previous report.")
    unfinished: NonNegativeInt = Field(description="Neither on the day of issue.")
    overdue: NonNegativeInt = Field(description="Unfinished ones whose due date has passed.")


class OrganisationItems(ItemTotals):
    """Numbers of an organisation's items."""

    org: str = Field(
        description="A challenge counts for its challenger while it is to be decided, otherwise for the one whose count it is."
    )


class ReportedItem(ResponseModel):
    """An item that is unfinished, or was finished since the previous report."""

    id: UUID
    org: str = Field(description="Code of the organisation whose item it is.")
    due: date | None = Field(description="Day by which the next move is expected; null if none is.")
    days_left: int | None = Field(description="Days to `due`, negative after it.")
    overdue: bool


class ReportedDifficulty(ReportedItem):
    """A difficulty of an organisation."""

    title: str
    state: DifficultyState
    category: str
    category_title: Bilingual | None = Field(description="Null if the campaign does not have the category any more.")
    area: str | None
    task: int | None = Field(description="Number of the linked task.")
    responsible: str | None = Field(description="Code of the organisation that it is assigned to.")
    escalated: bool = Field(description="True if the leading group was asked to coordinate.")


class ReportedActionItem(ReportedItem):
    """An action item of an organisation."""

    title: str
    state: ActionItemState
    issued_by: str
    issued_on: date
    task: int | None = Field(description="Number of the linked task.")


class ReportedChallenge(ReportedItem):
    """A challenge of one of an organisation's counts."""

    state: ChallengeState
    metric: str
    metric_title: Bilingual | None = Field(description="Null if the campaign does not have the metric any more.")
    area: str
    month: MonthText
    value: NonNegativeInt = Field(description="Value that is challenged.")
    challenger: str


_LISTED = "Unfinished ones by their due dates, then those finished since the previous report; at most 500."


class ReportedDifficulties(ResponseModel):
    """Difficulties (具体困难)."""

    totals: ItemTotals
    organisations: list[OrganisationItems] = Field(description="By the organisation that needs help.")
    items: list[ReportedDifficulty] = Field(description=_LISTED)


class ReportedActionItems(ResponseModel):
    """Action items (督办事项)."""

    totals: ItemTotals
    organisations: list[OrganisationItems] = Field(description="By the organisation that must report.")
    items: list[ReportedActionItem] = Field(description=_LISTED)


class ReportedChallenges(ResponseModel):
    """Challenges of counts (数据质疑)."""

    totals: ItemTotals
    organisations: list[OrganisationItems] = Field(description="By the organisation whose count is challenged.")
    items: list[ReportedChallenge] = Field(description=_LISTED)


class OrganisationReporting(ResponseModel):
    """An organisation's expected and reported counts of the month."""

    org: str
    expected: int
    reported: int
    zero: int
    missing: int
    late: int = Field(description="Number of counts that were reported late, or are missing and late.")
    late_days: int = Field(description="Largest number of days late at `at`.")
    state: SubmissionState


class ReportingState(ResponseModel):
    """Reporting of all organisations."""

    at: Timestamp
    due: date
    grace_until: date
    organisations: list[OrganisationReporting]


class ReportSources(ResponseModel):
    """Sources of the values."""

    plan: Bilingual
    references: list[ReferenceMonth] = Field(description="Reference counts that are older than the month.")
    metrics: list[TitledCode] = Field(description="Metrics that the indicators are calculated from.")


class ReportContent(ResponseModel):
    """An issued report. It never changes; issuing the same month again creates another report."""

    campaign: str
    title: Bilingual
    author: Bilingual
    number: int
    month: MonthText
    supersedes: int | None
    data_version: int
    definition_version: int
    issued_at: Timestamp
    issued_on: date = Field(description="Date of issue in the campaign's time zone.")
    issued_by: OrganisationDefinition
    letterhead: ReportLetterhead
    addressed_to: list[OrganisationDefinition]
    headline: ReportHeadline
    indicators: list[ReportIndicator]
    differences: ReportDifferences | None = Field(description="Null if there is no previous report.")
    cases: ReportedCases
    tasks: list[ReportTask]
    task_reviews: list[ReportTaskReview] = Field(description="Since the previous report, in order.")
    difficulties: ReportedDifficulties
    action_items: ReportedActionItems
    challenges: ReportedChallenges
    reporting: ReportingState
    problems: str
    next_steps: str
    sources: ReportSources
    organisations: list[OrganisationDefinition]
    areas: list[AreaDefinition]
