"""Requests and responses about tasks, their assignments and the board."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, StringConstraints, model_validator
from pydantic.config import JsonDict

from services.cases.items.models import Evidence, ItemAction, ItemChange, ItemDocument, ItemQuery, MoveRequest
from shared.http.json_response import ResponseModel
from shared.http.paging import PageQuery
from shared.reading.assignment_status import AssignmentStatus
from shared.values.bilingual import Bilingual
from shared.values.field_error import MissingFieldsError
from shared.values.fields import ONE_LINE, AnyOf, CodeParameter, Day, ReasonText, RequestBody, TextLine, TextParagraph
from shared.values.person import Person
from shared.values.timestamps import Timestamp
from shared.vocabulary import (
    DeadlineState,
    ForecastState,
    MeasureState,
    Status,
    TaskMove,
    TaskState,
    TaskStatus,
)

MEASURES_MAX: Final = 99
MILESTONES_MAX: Final = 50

_REPORT_EXAMPLE: Final[JsonDict] = {
    "move": "report_progress",
    "text": "本月完成12个局站OLT上联优化，剩余3个局站已排入9月上旬施工计划。",
    "measures": [
        {"code": "1.1", "state": "under_way"},
        {"code": "1.2", "state": "done", "evidence": "《OLT上联优化清单》（2022年8月）"},
    ],
}


class MeasureReport(RequestBody):
    """State of one measure, as reported."""

    code: Annotated[str, StringConstraints(min_length=1, max_length=8)] = Field(description="Code of a measure of the task.")
    state: MeasureState
    reason: ReasonText | None = Field(default=None, description="Reason; required for `not_applicable`.")
    evidence: Annotated[str, StringConstraints(min_length=1, max_length=500), ONE_LINE] | None = Field(
        default=None,
        description="Documents that show completion, by name and number; without it, those of the earlier report stay.",
    )
    attachments: Evidence | None = Field(
        default=None,
        description="Ids of attachments of the assignment that show completion; without it, those of the earlier report stay. "
        "They cannot be struck out afterwards.",
    )

    @model_validator(mode="after")
    def _require_reason(self) -> Self:
        if self.state is MeasureState.NOT_APPLICABLE and self.reason is None:
            raise MissingFieldsError("不涉及（not_applicable）须填写原因", "is required for `not_applicable`", "reason")
        return self


class AssignmentMoveRequest(MoveRequest):
    """A move of an assignment."""

    model_config = ConfigDict(json_schema_extra={"examples": [_REPORT_EXAMPLE]})

    move: TaskMove
    text: TextParagraph | None = Field(default=None, description="Progress since the latest report, for reports.")
    measures: Annotated[list[MeasureReport], Field(max_length=MEASURES_MAX)] | None = Field(
        default=None, description="Measures whose state changed, for reports; the others stay as they are."
    )

    def named_attachments(self) -> Iterator[tuple[str, UUID]]:
        """Yield the attachments that measures name."""
        for number, measure in enumerate(self.measures or ()):
            yield from ((f"/measures/{number}/attachments/{place}", each) for place, each in enumerate(measure.attachments or ()))


class Milestone(BaseModel):
    """A milestone that the responsible organisation plans (倒排工期)."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    title: TextLine = Field(description="What will be finished.")
    planned_on: Day = Field(description="Planned date.")
    done_on: Day | None = Field(
        default=None,
        description="Date on which it was finished: since the supervision began, not in the future; null until then.",
    )


class AssignmentChanges(RequestBody):
    """Changes of an assignment."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"milestones": [{"title": "完成OLT设备到货", "planned_on": "2022-09-15"}]}]}
    )

    milestones: Annotated[list[Milestone], Field(max_length=MILESTONES_MAX)] = Field(
        description="All milestones; they replace the present ones."
    )


class AssignmentQuery(ItemQuery):
    """Filters of assignments."""


class AssignmentAction(ItemAction):
    """A move of an assignment that you may make now."""

    move: TaskMove


class AssignmentChange(ItemChange):
    """A move or an edit of an assignment."""

    move: TaskMove | None = Field(description="Move; null for an edit.")
    state: TaskState = Field(description="State of the assignment after the change.")


class MeasureProgress(ResponseModel):
    """A measure of a task with the state that the organisation reported."""

    code: str
    text: Bilingual = Field(description="Text of the measure, in both languages.")
    required_evidence: Bilingual | None = Field(description="Documents that show completion; null if metrics show it.")
    metrics: list[str] = Field(description="Codes of the metrics that show completion.")
    state: MeasureState
    reason: str | None = Field(description="Reason, as reported.")
    evidence: str | None = Field(description="Documents that show completion, as reported.")
    attachments: list[UUID] = Field(description="Ids of the attachments that show completion, as reported.")


class ProgressReport(ResponseModel):
    """A progress report."""

    at: Timestamp
    move: TaskMove
    text: str = Field(description="Progress, as reported.")
    person: Person | None


class Assignment(AssignmentStatus, ItemDocument):
    """The assignment of a task to one responsible organisation."""

    created_at: Timestamp | None = Field(description="Timestamp of the first change; null before it.")  # type: ignore[assignment]
    updated_at: Timestamp | None = Field(description="Timestamp of the latest change; null before the first.")  # type: ignore[assignment]
    number: int = Field(description="Number of the task.")
    title: Bilingual = Field(description="Title of the task, in both languages.")
    due: date | None = Field(description="Due date of the task; null for a continuous one.")
    measures: list[MeasureProgress] = Field(description="Measures of the task, each with the reported state.")
    milestones: list[Milestone] = Field(description="Milestones, in the order of their planned dates.")
    latest_report: ProgressReport | None = Field(description="Latest progress report; the history has all of them.")
    actions: list[AssignmentAction] = Field(description="Moves that you may make now.")


class TaskTarget(ResponseModel):
    """The target that a task's indicator is compared with: the task's own, or else the campaign's."""

    value: float = Field(description="Value in the unit of the indicator.")
    due: date
    kind: str = Field(description="`task` or `campaign`.")
    status: Status
    gap: NonNegativeInt | None
    deadline: DeadlineState | None = Field(description="State against the due date; null after it if the indicator has no value.")
    first_met_month: str | None = Field(description="First month in which the target was met.", examples=["2022-08"])
    forecast: ForecastState = Field(description="Forecast for the due date at the current pace.")


class TaskIndicator(ResponseModel):
    """An indicator of a task, for the whole campaign."""

    indicator: str
    title: Bilingual
    month: str = Field(description="Latest month whose counts are due.", examples=["2022-08"])
    value: float | None
    display: str | None
    unit: Bilingual
    status: Status = Field(description="Status of the summary line, compared with the campaign's target.")
    target: TaskTarget | None = Field(description="Null without a target.")


class StatusCount(ResponseModel):
    """Number of assignments with a status."""

    status: TaskStatus
    count: NonNegativeInt


class ListedTask(ResponseModel):
    """A task of the plan with the status of its assignments that you may see."""

    number: int = Field(description="Number of the task.")
    action: Bilingual
    title: Bilingual
    lead: list[str]
    responsible: list[str]
    cooperating: list[str]
    due: date | None = Field(description="Due date; null for a continuous task.")
    status: TaskStatus | None = Field(description="Most urgent status of the assignments; null if you see none.")
    days_left: int | None = Field(
        description="Days to the due date, negative after it; null without one, and once all that you see is reported done."
    )
    open_difficulties: NonNegativeInt | None = Field(
        description="Number of unfinished difficulties linked to the task; null for carriers and subdistrict offices."
    )
    counts: list[StatusCount] = Field(description="Number of assignments by status, the most urgent first.")
    assignments: list[AssignmentStatus] = Field(description="Assignments that you may see, in the order of the campaign file.")


class TaskMeasure(ResponseModel):
    """A measure of a task."""

    code: str
    text: Bilingual = Field(description="Text of the measure, in both languages.")
    required_evidence: Bilingual | None = Field(description="Documents that show completion; null if metrics show it.")
    metrics: list[str] = Field(description="Codes of the metrics that show completion.")


class Task(ListedTask):
    """A task of the plan with its content, measures and indicators."""

    content: Bilingual
    measures: list[TaskMeasure]
    indicators: list[TaskIndicator] | None = Field(
        description="Indicators of the task; null for carriers and subdistrict offices, which see those of the whole campaign in"
        " issued reports only."
    )


class TaskQuery(PageQuery):
    """Filters of the list of tasks."""

    status: AnyOf[TaskStatus] | None = Field(
        default=None, description="Only tasks with an assignment that has one of these statuses."
    )
    org: AnyOf[CodeParameter] | None = Field(
        default=None,
        description="Only tasks for which one of these organisations is responsible; with `status`, whose own assignment has it.",
    )


class BoardTask(ListedTask):
    """A row of the board."""

    indicators: list[TaskIndicator] | None = Field(
        description="Indicators of the task; null for carriers and subdistrict offices, which see those of the whole campaign in"
        " issued reports only."
    )


class BoardEntry(ResponseModel):
    """An assignment in one of the lists of the board."""

    number: int = Field(description="Number of the task.")
    title: Bilingual
    org: str = Field(description="Code of the responsible organisation.")
    due: date | None
    status: TaskStatus
    days_left: int | None = Field(description="Days to the due date, negative after it.")
    accepted_on: date | None = Field(description="Date of acceptance, while it is done.")


class Board(ResponseModel):
    """The tasks of the plan by organisation, as they were on a day."""

    campaign: str
    day: date = Field(description="Day for which the statuses are computed, in the campaign's time zone.")
    definition_version: int
    data_version: int | None = Field(description="Data version of the indicators; null for carriers and subdistrict offices.")
    organisations: list[str] = Field(description="Codes of the responsible organisations that you may see: columns of the board.")
    tasks: list[BoardTask] = Field(description="Rows of the board.")
    overdue: list[BoardEntry] = Field(description="Overdue assignments, the longest overdue first.")
    due_in_7_days: list[BoardEntry] = Field(description="Assignments to be reported done within 7 days, the next first.")
    due_in_14_days: list[BoardEntry] = Field(
        description="Assignments to be reported done within 14 days, the next first; includes those within 7 days."
    )
    accepted_last_week: list[BoardEntry] = Field(description="Assignments accepted within the last 7 days, the latest first.")
