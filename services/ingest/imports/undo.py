"""`POST /v1/imports/{id}/undo`: restoring what an import changed, as a new import."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Annotated, Any, NamedTuple
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Request
from psycopg import AsyncConnection
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.ingest.counts.dataset import Observations
from services.ingest.counts.entitlement import Entitlement
from services.ingest.counts.pushed_counts import PushedCounts, Slot
from services.ingest.counts.reopened import CELLS_LISTED, reject_unopened
from services.ingest.counts.rules import reject_rule_breaches
from services.ingest.counts.writing import write_counts
from services.ingest.formats.media import Media
from services.ingest.imports.read import ImportId
from services.ingest.models import Import
from services.ingest.push.dataset import Dataset, PushRun, Written
from services.ingest.push.receive import DRY_RUN_RESPONSE, PUSH_PROBLEMS, carry_out
from services.ingest.push.repeated_undo import refuse_repeated_undo
from services.ingest.push.request import PushRequest
from services.ingest.quality.change_set import ChangeSet
from services.ingest.registers.undo import RegisterUndo
from services.ingest.service import IngestServiceDep
from services.ingest.submissions.reopened_parts import ReopenedMonths
from shared.access.dependencies import Authorized
from shared.access.key_ring import Principal
from shared.campaign.count_keys import count_key
from shared.database.database import Scope
from shared.database.sql import statement
from shared.domain.quality import RuleInput
from shared.http.idempotency import IdempotencyKey
from shared.http.spool import Spool
from shared.problem_members import CountsAndRows
from shared.problems import AlreadyUndone, ChangedSince, NotFound, NothingToUndo, PlacesMissing, problems
from shared.reading.stored_counts import OrgMonth
from shared.registers import REGISTERS
from shared.values.months import month_of
from shared.vocabulary import ImportState, PushMode

router = APIRouter(tags=["imports"])

_FIND = "SELECT dataset, state, changed, version, document FROM import WHERE campaign = %s AND org = %s AND id = %s"
_ENDED = statement(__package__, "undo_ended")
_NEWER = statement(__package__, "undo_newer")
_CREATED = statement(__package__, "undo_created")
_KEEP = statement(__package__, "undo_keep")
_REMOVE = statement(__package__, "undo_remove")


class UndoQuery(BaseModel):
    """The parameters of an undo."""

    model_config = ConfigDict(extra="forbid")

    dry_run: bool = Field(default=False, description="Return the report without storing anything.")
    reason: Annotated[str, Field(min_length=1, max_length=500)] | None = Field(
        default=None, description="Reason for changing counts that were submitted before."
    )


@router.post(
    "/v1/imports/{id}/undo",
    status_code=201,
    response_model=Import,
    responses=DRY_RUN_RESPONSE | problems(*PUSH_PROBLEMS, PlacesMissing, ChangedSince, AlreadyUndone, NothingToUndo),
)
async def undo_import(
    request: Request,
    service: IngestServiceDep,
    id: ImportId,  # noqa: A002 - named as in the path
    query: Annotated[UndoQuery, Query()],
    sender: Annotated[Principal, Depends(Authorized("undo_import"))],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Undo an import.

    Restores the counts that one of your imports created, changed or retracted, as a new import; returns 409 if any of them has
    changed since. An undo is an import as well, and can be undone.
    """
    scope = Scope(sender.campaign, sender.org)
    async with service.database.read(scope) as snapshot:
        dataset = _dataset(await _undone_import(snapshot.connection, scope, id))
    undo = PushRequest(
        principal=sender,
        dataset=dataset.name,
        media=Media.JSON,
        mode=PushMode.ATOMIC,
        dry_run=query.dry_run,
        month=None,
        allow_empty=False,
        reason=query.reason,
        body=Spool(BytesIO(), hashlib.sha256().hexdigest(), 0),
        import_id=service.clock.new_id(),
        key=idempotency_key,
        request_id=request.state.request_id,
        undoes=id,
    )
    return await carry_out(service, dataset, undo)


class _UndoneImport(NamedTuple):
    """The import that is to be undone."""

    dataset: str
    version: int
    months: list[date]


async def _undone_import(connection: AsyncConnection, scope: Scope, import_id: UUID) -> _UndoneImport:
    row = await (await connection.execute(_FIND, [scope.campaign, scope.org, import_id])).fetchone()
    if row is None:
        raise NotFound
    dataset, state, changed, version, document = row
    if state != ImportState.APPLIED or not changed:
        raise NothingToUndo
    return _UndoneImport(dataset, version, [month_of(month) for month in orjson.loads(document)["months"]])


def _dataset(undone: _UndoneImport) -> Dataset:
    register = next((each for each in REGISTERS.values() if each.dataset == undone.dataset), None)
    return RegisterUndo(register, undone.version, undone.months) if register else CountsUndo(undone)


@dataclass(frozen=True, slots=True)
class CountsUndo:
    """The counts as they were before an import, as a dataset that is pushed."""

    undone: _UndoneImport
    name: str = Observations.name
    refers: bool = False

    async def parse(self, run: PushRun) -> "ParsedCountsUndo":
        """Read the counts that the import ended and created. This needs no lock: `check` finds what has changed since."""
        connection, scope = run.connection, run.request.scope
        pushed = PushedCounts(
            Entitlement(run.definition, scope.org, run.today, None), run.errors, run.definition.area_numbers_end
        )
        binds = {"campaign": scope.campaign, "org": scope.org, **self.undone._asdict()}
        for month, metric, area, value, note in await (await connection.execute(_ENDED, binds)).fetchall():
            pushed.restore(Slot(month, metric, area), value, note)
        created = await (await connection.execute(_CREATED, binds)).fetchall()
        pushed.removed.update(Slot(*row) for row in created)
        for month in self.undone.months:
            pushed.columns.setdefault(month, {})
        return ParsedCountsUndo(pushed, binds)


@dataclass(frozen=True, slots=True)
class ParsedCountsUndo:
    """Counts as they were before an import."""

    rows: PushedCounts
    binds: dict[str, Any]

    @property
    def metrics(self) -> frozenset[int]:
        """The metrics, by number, of which the undo may change a count."""
        return self.rows.metrics

    async def check(self, run: PushRun, reopened: ReopenedMonths, stored: Mapping[OrgMonth, RuleInput]) -> None:
        """Raise `ChangedSince` if counts have changed since; reject those that may not change, or would break a rule."""
        newer = await (await run.connection.execute(_NEWER, self.binds)).fetchall()
        if newer:
            await refuse_repeated_undo(run)
            cells = [count_key(run.definition, run.request.scope.org, *cell) for cell in newer[:CELLS_LISTED]]
            raise ChangedSince(
                f"{len(newer)} 项数据此后又有变动，不能撤销本次导入。",
                f"{len(newer)} counts have changed since this import and cannot be restored.",
                members=CountsAndRows(cells=cells, cells_total=len(newer)),
            )
        await reject_unopened(run.connection, run.request.scope, run.definition, self.rows, reopened, keeps_equal=False)
        reject_rule_breaches(self.rows, run.definition, stored, partial=False)

    def change_set(self) -> ChangeSet | None:
        """Return the changes to the sender's counts."""
        return self.rows.known_change_set()

    async def write(self, run: PushRun, version: int, *, onto_stored: bool) -> Written:  # noqa: ARG002 - removed before
        """Restore the counts that the import ended, and remove those that it created."""
        binds = self.binds | {"until": version}
        async with run.connection.pipeline():
            await run.connection.execute(_KEEP, binds)
            removed = await run.connection.execute(_REMOVE, binds)
        restored, _ = await write_counts(run.connection, run.request.scope, version, self.rows.columns, onto_stored=False)
        retracted = len(self.rows.removed)
        updated = removed.rowcount - retracted
        return Written(restored - updated, updated, retracted)
