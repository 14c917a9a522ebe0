"""Reading the tasks of the plan."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from services.cases.tasks.kind import TaskNumber, measure_document
from services.cases.tasks.models import ListedTask, Task, TaskQuery
from shared.access import policy
from shared.access.dependencies import Authorized, Service, ServiceDep
from shared.access.key_ring import Principal
from shared.database.database import Scope
from shared.http import etag
from shared.http.json_response import tagged_json
from shared.http.lists import StoredRows, list_response
from shared.http.paging import Page
from shared.http.query_codes import refuse_unknown_code
from shared.http.tables import Table, bilingual, computed, fields, term
from shared.problems import NotFound
from shared.reading.reading import Reading
from shared.reading.task_snapshot import TaskSnapshot, read_task_snapshot
from shared.vocabulary import TaskStatus

router = APIRouter(tags=["tasks"])


def _counts(task: Any) -> list[int]:  # noqa: ANN401 - JSON
    counts = {each["status"]: each["count"] for each in task["counts"]}
    return [counts.get(status, 0) for status in TaskStatus]


_TABLE: Final = Table(
    "tasks",
    "任务",
    (
        *fields("number"),
        bilingual("action"),
        bilingual("title"),
        *fields("lead", "responsible", "cooperating", "due"),
        term("status", TaskStatus),
        *fields("days_left", "open_difficulties"),
        computed([f"count_{status}" for status in TaskStatus], _counts),
    ),
)


@router.get("/v1/tasks", response_model=Page[ListedTask], responses=_TABLE.responses)
async def list_tasks(
    request: Request,
    service: ServiceDep,
    reader: Annotated[Principal, Depends(Authorized("list_tasks"))],
    query: Annotated[TaskQuery, Query()],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """List the tasks of the plan.

    Returns the tasks with the status of their assignments now. Carriers see their own assignments, subdistrict offices also those
    of tasks in which they cooperate.
    """
    snapshot = await current_tasks(service, reader, "list_tasks")
    definition = snapshot.definition
    refuse_unknown_code("org", query.org, definition.org_codes)
    documents = [
        snapshot.task_document(task) for task in definition.tasks if query.org is None or set(query.org) & set(task.responsible)
    ]
    rows = StoredRows(
        rows=[
            document
            for document in documents
            if query.status is None
            or any(
                each["status"] in query.status and (query.org is None or each["org"] in query.org)
                for each in document["assignments"]
            )
        ],
        query_text=f"list_tasks {reader.campaign} {query.status} {query.org}",
        row_key=lambda task: f"{task['number']:02}",
        document=dict,
    )
    return await list_response(request, query, _TABLE, definition, rows)


@router.get("/v1/tasks/{number}", response_model=Task)
async def get_task(
    request: Request,
    service: ServiceDep,
    reader: Annotated[Principal, Depends(Authorized("get_task"))],
    number: TaskNumber,
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Get a task of the plan.

    Returns a task with its content, measures and indicators, and the status of its assignments now.
    """
    snapshot = await current_tasks(service, reader, "get_task")
    task = next((each for each in snapshot.definition.tasks if each.number == number), None)
    if task is None:
        raise NotFound
    document = {
        **snapshot.task_document(task),
        "content": task.content.model_dump(),
        "measures": [measure_document(measure) for measure in task.measures],
        "indicators": snapshot.indicator_documents(task),
    }
    return tagged_json(request, document)


async def current_tasks(service: Service, reader: Principal, operation: str) -> TaskSnapshot:
    """Return the tasks as they are now."""
    scope = Scope(reader.campaign, reader.org, policy.granted_reach(operation, reader.role))
    async with service.database.read(scope) as snapshot:
        definition = await service.definitions.at(snapshot.connection, reader.campaign, snapshot.definition_version)
        now, today = service.clock.now(), service.clock.today(definition.campaign.timezone)
        read = Reading(snapshot.connection, reader, snapshot.version, past=False, definition=definition, today=today)
        return await read_task_snapshot(read, now)
