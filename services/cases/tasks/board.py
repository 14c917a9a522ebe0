"""`GET /v1/tasks/board`: the tasks of the plan by organisation, now or as they were."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from services.cases.moment import AsOfDay, Moment, resolve_moment
from services.cases.tasks.models import Board
from shared.access import policy
from shared.access.dependencies import Authorized, ServiceDep
from shared.access.key_ring import Principal
from shared.database.database import Scope
from shared.http import etag
from shared.http.json_response import tagged_json
from shared.http.paging import TableQuery
from shared.http.representation import requested_format
from shared.http.tables import Table, bilingual, codes, computed, fields, single_page, table_file, term
from shared.problems import FutureVersion, problems
from shared.reading.reading import Reading
from shared.reading.task_snapshot import TaskSnapshot, read_task_snapshot
from shared.vocabulary import TaskState, TaskStatus

router = APIRouter(tags=["tasks"])

_WEEK_DAYS: Final = 7
_FORTNIGHT_DAYS: Final = 14
_TABLE: Final = Table(
    "board",
    "任务进展",
    (
        *fields("day", "number"),
        bilingual("title"),
        *codes("org"),
        *fields("due"),
        term("state", TaskState),
        term("status", TaskStatus),
        computed(["reasons"], lambda row: [" ".join(reason["code"] for reason in row["reasons"])]),
        *fields("days_left", "reported_on", "reported_done_on", "accepted_on"),
    ),
)


class BoardQuery(TableQuery):
    """Query parameters of the board."""

    as_of: AsOfDay = None


@router.get("/v1/tasks/board", response_model=Board, responses=_TABLE.responses | problems(FutureVersion))
async def get_board(
    request: Request,
    service: ServiceDep,
    reader: Annotated[Principal, Depends(Authorized("get_board"))],
    query: Annotated[BoardQuery, Query()],
    _if_none_match: etag.IfNoneMatch = None,
) -> Response:
    """Get the board of tasks.

    Returns the status of each task for each responsible organisation, the indicators of each task, and what is overdue, due soon
    or newly accepted. Indicators and assignments are shown side by side: reaching an indicator completes no task. A past board is
    always the same. Carriers and subdistrict offices see the assignments that they may see, without indicators: a status that
    depends on the forecast of the whole campaign may differ from the one that the task force sees. CSV has a row for each
    assignment.
    """
    format_ = requested_format(request, query.format)
    scope = Scope(reader.campaign, reader.org, policy.granted_reach("get_board", reader.role))
    async with service.database.read(scope) as snapshot:
        moment = await resolve_moment(service, snapshot, reader, query.as_of)
        past = moment.version < snapshot.version
        read = Reading(snapshot.connection, reader, moment.version, past=past, definition=moment.definition, today=moment.day)
        tasks = await read_task_snapshot(read, moment.at)
    document = _document(tasks, moment)
    if format_ == "csv":
        return await table_file(request, _TABLE, moment.definition, single_page(_rows(document)), bom=query.bom)
    return tagged_json(request, document)


def _document(tasks: TaskSnapshot, moment: Moment) -> dict[str, Any]:
    rows = [{**tasks.task_document(task), "indicators": tasks.indicator_documents(task)} for task in moment.definition.tasks]
    columns = {each["org"] for row in rows for each in row["assignments"]}
    entries = [_entry(row, each) for row in rows for each in row["assignments"]]
    due = sorted([each for each in entries if each["days_left"] is not None and each["days_left"] >= 0], key=_by_days_left)
    week_ago = tasks.day - timedelta(days=_WEEK_DAYS)
    accepted = [each for each in entries if each["accepted_on"] is not None and each["accepted_on"] > week_ago]
    return {
        "campaign": moment.definition.campaign.code,
        "day": tasks.day,
        "definition_version": moment.definition.version,
        "data_version": None if tasks.indicators is None else moment.version,
        "organisations": [each.code for each in moment.definition.organisations if each.code in columns],
        "tasks": rows,
        "overdue": sorted([each for each in entries if each["status"] is TaskStatus.OVERDUE], key=_by_days_left),
        "due_in_7_days": [each for each in due if each["days_left"] <= _WEEK_DAYS],
        "due_in_14_days": [each for each in due if each["days_left"] <= _FORTNIGHT_DAYS],
        "accepted_last_week": sorted(accepted, key=lambda each: each["accepted_on"], reverse=True),
    }


def _entry(task: Mapping[str, Any], assignment: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **{name: task[name] for name in ("number", "title", "due")},
        **{name: assignment[name] for name in ("org", "status", "days_left", "accepted_on")},
    }


def _by_days_left(entry: Mapping[str, Any]) -> int:
    days: int = entry["days_left"]
    return days


def _rows(board: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a row for each assignment."""
    for task in board["tasks"]:
        for assignment in task["assignments"]:
            yield {"day": board["day"], **{name: task[name] for name in ("number", "title", "due")}, **assignment}
