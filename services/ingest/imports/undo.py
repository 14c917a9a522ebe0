"""`POST /v1/imports/{id}/undo`: what an import changed becomes again what it was before, as a new import."""

import hashlib
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Request
from psycopg import AsyncConnection
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from services.ingest.counts.columns import Slot
from services.ingest.counts.dataset import Observations
from services.ingest.counts.entitlement import Entitlement
from services.ingest.counts.intake import Intake
from services.ingest.counts.reopened import check_reopened_counts
from services.ingest.counts.rules import judge
from services.ingest.counts.writes import Writes
from services.ingest.formats.media import Media
from services.ingest.imports.read import ImportId
from services.ingest.models import ImportDocument
from services.ingest.push.dataset import Dataset, Written
from services.ingest.push.engine import push
from services.ingest.push.receive import REFUSALS, answered
from services.ingest.push.request import Push, PushContext
from services.ingest.push.row_errors import Faults
from services.ingest.push.spool import Spool
from services.ingest.push.turn import Turn
from services.ingest.quality.standing import Standing, width_of
from services.ingest.registers.undo import UndoneRegister
from services.ingest.submissions.reopened_parts import ReopenedMonths
from shared.access.auth import Authorized
from shared.access.key_ring import Principal
from shared.campaign.applied import AppliedDefinition
from shared.database.database import Database, Later, Scope
from shared.database.sql import statement
from shared.http.idempotency import IdempotencyKey
from shared.problems import Conflict, NotFound, problems
from shared.registers import REGISTERS
from shared.values.months import month_of, month_text
from shared.vocabulary import ImportState, PushMode

router = APIRouter(tags=["imports"])
CELLS_NAMED: Final = 100  # of those in the way

_FIND = "SELECT dataset, state, changed, version, document FROM import WHERE campaign = %s AND org = %s AND id = %s"
_ENDED = statement(__package__, "undo_ended")
_NEWER = statement(__package__, "undo_newer")
_CREATED = statement(__package__, "undo_created")
_KEEP = statement(__package__, "undo_keep")
_REMOVE = statement(__package__, "undo_remove")


class UndoQuery(BaseModel):
    """How an import is to be taken back."""

    model_config = ConfigDict(extra="forbid")

    dry_run: bool = Field(default=False, description="Do everything, answer with the report, and take it all back.")
    reason: Annotated[str, Field(min_length=1, max_length=500)] | None = Field(
        default=None, description="Why counts change that were submitted before."
    )


@router.post(
    "/v1/imports/{id}/undo",
    status_code=201,
    response_model=ImportDocument,
    responses=REFUSALS | problems(NotFound, Conflict),
)
async def undo_import(
    request: Request,
    id: ImportId,  # noqa: A002 - named as in the path
    how: Annotated[UndoQuery, Query()],
    sender: Annotated[Principal, Depends(Authorized("undo_import"))],
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Restore what one of one's own imports created, changed or took back, as a new import with a report of its own.

    Refused with 409, naming the cells (of a register: the rows), where something newer stands.
    """
    context: PushContext = request.app.state.service.push_context
    database: Database = request.app.state.database
    scope = Scope(sender.campaign, sender.org)
    async with database.write(scope) as connection:
        earlier = await _earlier(connection, scope, id)
        undone = _undone(earlier)
        asked = Push(
            principal=sender,
            dataset=undone.name,
            media=Media.JSON,
            mode=PushMode.ATOMIC,
            dry_run=how.dry_run,
            month=None,
            allow_empty=False,
            reason=how.reason,
            spool=Spool(BytesIO(), hashlib.sha256().hexdigest(), 0),
            key=idempotency_key,
            request_id=request.state.request_id,
            undoes=id,
        )
        outcome = await push(connection, context, undone, asked)
    return answered(outcome)


class _Earlier(NamedTuple):
    """The import that is taken back."""

    dataset: str
    version: int
    months: list[date]


async def _earlier(connection: AsyncConnection, scope: Scope, import_id: UUID) -> _Earlier:
    row = await (await connection.execute(_FIND, [scope.campaign, scope.org, import_id])).fetchone()
    if row is None:
        raise NotFound
    dataset, state, changed, version, document = row
    if state != ImportState.APPLIED or not changed:
        raise Conflict("该次导入没有改变任何数据，无可撤销", "the import changed nothing: there is nothing to take back")
    return _Earlier(dataset, version, [month_of(month) for month in orjson.loads(document)["months"]])


def _undone(earlier: _Earlier) -> Dataset:
    register = next((each for each in REGISTERS.values() if each.dataset == earlier.dataset), None)
    return UndoneRegister(register, earlier.version, earlier.months) if register else UndoneImport(earlier)


@dataclass(frozen=True, slots=True)
class UndoneImport:
    """The counts as they were before an import, as a dataset of the engine."""

    earlier: _Earlier
    name: str = Observations.name
    refers: bool = False
    copies: bool = False

    async def stage(
        self, turn: Turn, context: PushContext, asked: Push, definition: AppliedDefinition, faults: Faults
    ) -> "StagedUndo":
        """Read what the import ended and created. This needs no lock: where it changes until then, something newer stands."""
        today = context.clock.today(definition.campaign.timezone)
        intake = Intake(Entitlement(definition, asked.principal.org, today, None), faults, width_of(definition))
        binds = {"campaign": asked.scope.campaign, "org": asked.scope.org, **self.earlier._asdict()}
        for month, metric, area, value, note in await (await turn.connection.execute(_ENDED, binds)).fetchall():
            intake.restore(Slot(month, metric, area), value, note)
        created = await (await turn.connection.execute(_CREATED, binds)).fetchall()
        intake.gone.update(Slot(*each) for each in created)
        for month in self.earlier.months:
            intake.columns.setdefault(month, {})
        return StagedUndo(asked, definition, intake, binds)


@dataclass(frozen=True, slots=True)
class StagedUndo:
    """Earlier counts."""

    asked: Push
    definition: AppliedDefinition
    intake: Intake
    binds: dict[str, Any]

    async def judge(self, connection: AsyncConnection, standing: Standing, reopened: ReopenedMonths) -> None:
        """Raise `Conflict` where something newer stands; refuse what may not change, or would break a rule."""
        newer = await (await connection.execute(_NEWER, self.binds)).fetchall()
        if newer:
            cells = [self._cell(*each) for each in newer[:CELLS_NAMED]]
            raise Conflict(
                f"{len(newer)} 个单元格之后又有变动，不能撤销",
                f"{len(newer)} cells were changed again since: they cannot be taken back",
                extra={"cells": cells, "cells_total": len(newer)},
            )
        await check_reopened_counts(connection, self.asked.scope, self.definition, self.intake, reopened, unchanged_stay=False)
        await judge(standing, self.asked, self.intake)

    async def write(
        self,
        connection: AsyncConnection,
        version: int,
        *,
        filled: bool,  # noqa: ARG002 - what it ended stands
    ) -> Later[Written]:
        """Put back what the import ended, and take back what it created."""
        binds = self.binds | {"until": version}
        await connection.execute(_KEEP, binds)
        removed = await connection.execute(_REMOVE, binds)
        writes = Writes(connection, self.asked.scope, version)
        for portion in self.intake.portions():
            await writes.new(portion)

        async def counted() -> Written:
            restored, _ = await writes.told()
            retracted = len(self.intake.gone)
            updated = removed.rowcount - retracted
            return Written(restored - updated, updated, retracted)

        return counted

    def _cell(self, month: date, metric: int, area: int) -> dict[str, str]:
        return {
            "month": month_text(month),
            "metric": self.definition.metric_codes[metric],
            "area": self.definition.area_codes[area],
        }
