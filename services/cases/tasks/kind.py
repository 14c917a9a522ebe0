"""The kind of assignments: what each responsible organisation does for a task."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import Depends, Path
from sqlalchemy import ColumnElement, Date, and_, literal
from sqlmodel import col

from services.cases.items.call import ItemCall
from services.cases.items.checks import FARTHEST_DAYS, refuse_outside, supervised_since
from services.cases.items.kind import Kind, is_one_of
from services.cases.items.models import MoveRequest
from services.cases.items.tables import moves_column
from services.cases.tasks.models import (
    Assignment,
    AssignmentChange,
    AssignmentChanges,
    AssignmentMoveRequest,
    AssignmentQuery,
    Milestone,
)
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.campaign.blocks import Measure, Task
from shared.campaign.definition import assignment_id
from shared.database.sql import statement
from shared.domain.task_moves import TASK_EDITS, TASK_EXPECTATIONS, TASK_MOVES, task_relations
from shared.domain.transitions import Relation
from shared.http.tables import Table, codes, fields, term
from shared.problems import FieldError, Schema
from shared.reading.assignment_status import status_document
from shared.reading.reading import Reading
from shared.reading.task_snapshot import read_task_snapshot, sees_assignment
from shared.tables.task_assignment import TaskAssignment
from shared.values.bilingual import Bilingual
from shared.values.suggestions import nearest
from shared.vocabulary import FieldCode, MeasureState, TaskMove, TaskState

_COMPLETE: Final = frozenset({MeasureState.DONE, MeasureState.NOT_APPLICABLE})
_REPORTED: Final = frozenset({TaskState.AWAITING_ACCEPTANCE, TaskState.DONE})
_VERSION: Final = "SELECT version FROM campaign WHERE campaign = %s"
_LATEST_REPORT: Final = statement(__package__, "latest_report")

TaskNumber = Annotated[int, Path(ge=1, le=99, description="Number of the task.", examples=[1])]
ResponsibleOrg = Annotated[str, Path(max_length=63, description="Code of the responsible organisation.", examples=["telecom"])]


def _id_in_path(number: TaskNumber, org: ResponsibleOrg) -> UUID:
    return assignment_id(number, org)


class Assignments(Kind[TaskAssignment]):
    """Assignments of tasks. They come from the campaign file and are neither created nor listed by themselves."""

    code = "assignment"
    plural = "assignments"
    noun = "assignment"
    path = "/v1/tasks/{number}/assignments"
    id_in_path = "{org}"
    id_parameter = Annotated[UUID, Depends(_id_in_path)]
    row = TaskAssignment
    states = TaskState
    moves = TaskMove
    transitions = TASK_MOVES
    edits = TASK_EDITS
    expectations = TASK_EXPECTATIONS
    new = changes = AssignmentChanges
    move = AssignmentMoveRequest
    query = AssignmentQuery
    item = item_in_list = Assignment
    change = AssignmentChange
    table = Table(
        "assignments",
        "任务责任",
        (*fields("number"), *codes("org"), term("state", TaskState), *fields("revision"), moves_column("actions")),
    )
    facets = ("state", "org")
    deciding_columns = ("id", "org", "state")
    inbox_columns = ("number",)
    inbox_order = ("number", "org")
    filters = {"overdue": lambda value, call: _is_overdue(call) == value}  # noqa: RUF012
    descriptions: Mapping[str, str] = {
        "get_assignment": """Get an assignment.

            Returns what one responsible organisation has to do for a task, with the state of each measure, its milestones and its
            status now; send its ETag as `If-Match` with the next edit or move.""",
        "edit_assignment": """Plan the milestones of an assignment.

            Replaces the milestones (倒排工期) of your own assignment.""",
        "move_assignment": """Report or review an assignment.

            The responsible organisation reports progress, and reports the task done once each measure is done or not applicable;
            the lead organisation or the task force accepts or returns it, never its own. No indicator has to be reached for it.
            """,
    }

    def visible(self, reader: Principal, definition: AppliedDefinition) -> ColumnElement[bool]:
        """Return the condition under which the reader sees an assignment."""
        ids = [id_ for id_, assignment in definition.assignments.items() if sees_assignment(reader, assignment)]
        return col(TaskAssignment.id).in_(ids)

    def without_row(self, item_id: UUID, call: ItemCall) -> TaskAssignment | None:
        """Return an assignment of the campaign file that nobody has changed yet."""
        assignment = call.definition.assignments.get(item_id)
        if assignment is None or not sees_assignment(call.caller, assignment):
            return None
        return TaskAssignment(
            **_values_without_row(call.definition, item_id),
            created_at=None,  # type: ignore[arg-type] # those of its first change, once it has a row
            updated_at=None,  # type: ignore[arg-type]
        )

    def declared(self, definition: AppliedDefinition) -> Collection[Mapping[str, Any]]:
        """Return the assignments of the campaign file as nobody has changed them."""
        return [_values_without_row(definition, item_id) for item_id in definition.assignments]

    def relations(self, row: TaskAssignment, caller: Principal, definition: AppliedDefinition) -> frozenset[Relation]:
        """Return the caller's relations to an assignment."""
        return task_relations(definition.assignments[row.id].task, row.org, caller.org)

    def codes(self, definition: AppliedDefinition) -> Mapping[str, Collection[str]]:  # noqa: ARG002 - measures have errors of their own
        """Return no codes."""
        return {}

    def path_of(self, row: TaskAssignment) -> str:
        """Return the path of an assignment."""
        return f"/v1/tasks/{row.number}/assignments/{row.org}"

    def title_of(self, row: TaskAssignment, definition: AppliedDefinition) -> str:
        """Return the title of the task."""
        return definition.assignments[row.id].task.title.zh

    def opened_on(self, call: ItemCall) -> Any:  # noqa: ANN401 - as the overridden
        """Return the first day of the supervision, else that of the first change, in SQL."""
        starts = call.definition.supervision.starts
        return super().opened_on(call) if starts is None else literal(starts, Date)

    def due_day(self, row: TaskAssignment, call: ItemCall) -> date | None:
        """Return the due date of the task until it is reported done."""
        return None if self.state(row, call) in _REPORTED else call.definition.assignments[row.id].task.due

    async def check(self, row: TaskAssignment, call: ItemCall) -> None:
        """Check the dates of the milestones, and put them in order."""
        milestones = [Milestone.model_validate(milestone) for milestone in row.milestones]
        first, last = supervised_since(call), call.today + timedelta(days=FARTHEST_DAYS)
        for number, milestone in enumerate(milestones):
            refuse_outside(f"/milestones/{number}/planned_on", milestone.planned_on, first, last)
            if milestone.done_on is not None:
                refuse_outside(f"/milestones/{number}/done_on", milestone.done_on, first, call.today)
        ordered = sorted(milestones, key=lambda milestone: milestone.planned_on)
        row.milestones = [milestone.model_dump(mode="json") for milestone in ordered]

    async def make_move(self, row: TaskAssignment, body: MoveRequest, call: ItemCall, version: int | None) -> None:  # noqa: ARG002
        """Store the reported states of measures; a task is done when each of its measures is."""
        if not isinstance(body, AssignmentMoveRequest) or body.text is None:
            return
        task = call.definition.assignments[row.id].task
        reported = body.model_dump(mode="json")["measures"] or []
        if errors := list(_unknown_measures(task, reported)):
            raise Schema(errors=errors)
        states = {measure["code"]: measure for measure in row.measures}
        states |= {measure["code"]: _with_evidence(measure, states.get(measure["code"], {})) for measure in reported}
        if body.move is TaskMove.REPORT_DONE and (errors := list(_unfinished_measures(task, states))):
            raise Schema(errors=errors)
        row.measures = [states[measure.code] for measure in task.measures if measure.code in states]

    async def details(self, row: TaskAssignment, call: ItemCall) -> Mapping[str, Any]:
        """Return the task, the measures, the milestones, the latest report and the status now."""
        assignment = call.definition.assignments[row.id]
        (version,) = await (await call.connection.execute(_VERSION, [row.campaign])).fetchone() or (0,)
        read = Reading(call.connection, call.caller, version, past=True, definition=call.definition, today=call.today)
        snapshot = await read_task_snapshot(read, call.now)
        return {
            **assignment.task.model_dump(include={"number", "title", "due"}),
            **status_document(snapshot.status(assignment)),
            "measures": list(_measures(assignment.task, row.measures)),
            "milestones": row.milestones,
            "latest_report": await _latest_report(row, call),
        }


ASSIGNMENTS: Final = Assignments()


def _values_without_row(definition: AppliedDefinition, item_id: UUID) -> dict[str, Any]:
    """Return the columns of an assignment before its first change."""
    task, org = definition.assignments[item_id]
    return {
        "campaign": definition.campaign.code,
        "org": org,
        "id": item_id,
        "number": task.number,
        "state": TaskState.NOT_STARTED.value,
        "revision": 1,
        "measures": [],  # a default would be slow: pydantic inspects its factory for each object
        "milestones": [],
    }


def _is_overdue(call: ItemCall) -> ColumnElement[bool]:
    passed = [task.number for task in call.definition.tasks if task.due is not None and task.due < call.today]
    return and_(col(TaskAssignment.number).in_(passed), ~is_one_of(col(TaskAssignment.state), _REPORTED))


def measure_document(measure: Measure) -> dict[str, Any]:
    """Return a measure as `TaskMeasure` describes it."""
    return {
        "code": measure.code,
        "text": measure.text.model_dump(),
        "required_evidence": measure.evidence and measure.evidence.model_dump(),
        "metrics": list(measure.metrics),
    }


def _measures(task: Task, reported: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the measures of a task with their reported states; one that was not reported on is planned."""
    states = {measure["code"]: measure for measure in reported}
    for measure in task.measures:
        state = states.get(measure.code, {})
        yield {
            **measure_document(measure),
            "state": state.get("state", MeasureState.PLANNED),
            "reason": state.get("reason"),
            "evidence": state.get("evidence"),
            "attachments": state.get("attachments") or [],
        }


def _with_evidence(measure: dict[str, Any], earlier: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reported measure, with the evidence of the earlier report where it names none."""
    return {**measure, **{name: earlier.get(name) for name in ("evidence", "attachments") if measure[name] is None}}


def _unknown_measures(task: Task, reported: list[dict[str, Any]]) -> Iterator[FieldError]:
    """Yield an error for each reported code that is no measure of the task or is reported twice."""
    known = [measure.code for measure in task.measures]
    seen: set[str] = set()
    for number, measure in enumerate(reported):
        where, code = f"/measures/{number}/code", measure["code"]
        if code not in known:
            message = Bilingual(zh=f"不是任务 {task.number} 的措施", en=f"is no measure of task {task.number}")
            yield FieldError(where=where, code=FieldCode.UNKNOWN_MEASURE, message=message, value=code, hint=nearest(code, known))
        elif code in seen:
            yield FieldError(where=where, code=FieldCode.DUPLICATE, message=FieldCode.DUPLICATE.title_, value=code)
        seen.add(code)


def _unfinished_measures(task: Task, states: Mapping[str, dict[str, Any]]) -> Iterator[FieldError]:
    """Yield an error for each measure that keeps the task from being reported done."""
    for measure in task.measures:
        state = states.get(measure.code, {})
        if state.get("state") not in _COMPLETE:
            message = Bilingual(
                zh=f"措施 {measure.code} 尚未完成，须报“已完成”或“不涉及”",
                en=f"must report measure {measure.code} as done or not applicable",
            )
            yield FieldError(where="/measures", code=FieldCode.MEASURE_UNFINISHED, message=message, value=measure.code)
        elif (
            measure.evidence is not None
            and state["state"] == MeasureState.DONE
            and not (state.get("evidence") or state.get("attachments"))
        ):
            message = Bilingual(
                zh=f"措施 {measure.code} 缺少完成依据：{measure.evidence.zh}",
                en=f"must name the evidence of measure {measure.code}: {measure.evidence.en}",
            )
            yield FieldError(where="/measures", code=FieldCode.MISSING_EVIDENCE, message=message, value=measure.code)


async def _latest_report(row: TaskAssignment, call: ItemCall) -> dict[str, Any] | None:
    binds = {"campaign": row.campaign, "org": row.org, "item_id": row.id}
    found = await (await call.connection.execute(_LATEST_REPORT, binds)).fetchone()
    if found is None:
        return None
    at, move, text, name, title = found
    return {"at": at, "move": move, "text": text, "person": {"name": name, "title": title} if name else None}
