"""A push, from the spooled body to the import that is recorded: one transaction, the answer built before it ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from psycopg import AsyncConnection

from services.ingest.push import kept_input
from services.ingest.push.consequences import Moved, Outlook, ask_outlook
from services.ingest.push.dataset import Dataset, Staged, Written
from services.ingest.push.large import forget, take_place
from services.ingest.push.open_months import OpenMonths, ask_months
from services.ingest.push.receipt import NO_COUNTS, Result, record, record_faults
from services.ingest.push.request import Push, PushContext
from services.ingest.push.row_errors import Faults
from services.ingest.push.turn import Turn, turn_of
from services.ingest.quality.found import Found, explain
from services.ingest.quality.overlay import Overlay
from services.ingest.quality.standing import Standing
from shared.campaign.applied import AppliedDefinition
from shared.database import audit
from shared.database.database import Later, in_pipeline
from shared.database.ledger import Head, ask_head, lock_head, take_version
from shared.database.sql import statement
from shared.http import idempotency
from shared.http.idempotency import StoredResponse
from shared.problems import FieldError, NotFound, Overloaded, RowsRefused, Schema
from shared.values.bilingual import Bilingual
from shared.vocabulary import LedgerKind, PushMode

R = TypeVar("R")
_SAME = statement(__package__, "same_request")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the sender hears once the transaction is committed: an answer, or a refusal that was recorded."""

    answer: StoredResponse
    refusal: RowsRefused | None = None


async def push(connection: AsyncConnection, context: PushContext, dataset: Dataset, asked: Push) -> Outcome:
    """Carry out a push inside the open transaction. A dry run does the same, and takes everything back but its import.

    Raises `MonthClosed`, `StillRunning`, `IdempotencyMismatch` and the formats' problems, all without effect.
    """
    if asked.key and not asked.dry_run:
        earlier = await idempotency.find_response(connection, asked.scope, asked.key, asked.fingerprint)
        if earlier:
            return Outcome(earlier)
    async with turn_of(connection, context, asked) as turn, AsyncExitStack() as reading:
        meeting = await _ask_to_meet(connection, dataset, asked)
        known = context.definitions.latest(asked.scope.campaign) if asked.small and not dataset.copies else None
        # Read while the server looks, and what stands is asked for in the same round trip.
        locked = await _read_and_lock(reading, turn, context, dataset, asked, known) if known else None
        met = await meeting()
        if met.same_as and not asked.dry_run:
            head = await lock_head(connection, asked.principal.campaign)
            met = await (await _ask_to_meet(connection, dataset, asked))()  # again, now that nobody else can move anything
            if met.same_as:
                with Faults() as none:
                    return await _conclude(
                        connection, context, asked, Result(head, none, _again(met.counts), same_as=met.same_as)
                    )
        definition = await context.definitions.at(connection, asked.principal.campaign, met.definition_version)
        if locked is None or locked.read.definition is not definition:
            if asked.bulk:
                await take_place(connection)
            locked = await _read_and_lock(reading, turn, context, dataset, asked, definition)
        return await _conclude(connection, context, asked, await _apply(turn, asked, locked))


class _Met(NamedTuple):
    """What a push meets before its body is read."""

    definition_version: int
    same_as: UUID | None  # the import of the same request, where nothing has moved since
    counts: dict[str, int]


async def _ask_to_meet(connection: AsyncConnection, dataset: Dataset, asked: Push) -> Later[_Met]:
    binds = {"campaign": asked.scope.campaign, "org": asked.scope.org, "request": asked.fingerprint, "refers": dataset.refers}
    found = await connection.execute(_SAME, binds)

    async def met() -> _Met:
        row = await found.fetchone()
        if row is None:
            raise NotFound
        return _Met(*row)

    return met


def _again(counts: dict[str, int]) -> dict[str, int]:
    """The counts of a body that came before, with nothing newer in between."""
    return NO_COUNTS | {
        "received": counts["received"],
        "unchanged": counts["created"] + counts["updated"] + counts["unchanged"],
        "merged": counts["merged"],
        "blank": counts["blank"],
    }


class _Read(NamedTuple):
    """A body that was read under a definition."""

    definition: AppliedDefinition
    faults: Faults
    staged: Staged


class _Locked(NamedTuple):
    """A push that was read, and what it finds: under the lock of the head, unless it is refused anyway."""

    read: _Read
    head: Head
    opened: OpenMonths
    standing: Standing
    outlook: Outlook | None  # of a large push it is asked later, beside the writing
    ask_outlook: Callable[[Standing, Overlay | None], Awaitable[Outlook]]


async def _read_and_lock(
    reading: AsyncExitStack, turn: Turn, context: PushContext, dataset: Dataset, asked: Push, definition: AppliedDefinition
) -> _Locked:
    faults = reading.enter_context(Faults())
    asked.spool.file.seek(0)  # it may have been read before, under a definition that is out of date
    staged = await dataset.stage(turn, context, asked, definition, faults)
    _refuse_nothing(asked, staged)
    return await _lock(turn, context, asked, _Read(definition, faults, staged))


async def _apply(turn: Turn, asked: Push, met: _Locked) -> Result:
    definition, faults, staged = met.read
    if met.head.definition_version != definition.version:
        raise Overloaded("口径刚刚更新，请重试", "the definition was changed meanwhile; try again", headers={"Retry-After": "0"})
    await staged.judge(turn.connection, met.standing, met.opened.reopened)
    refused = _refused(asked, faults)
    if refused:
        await turn.unwrite()
    written, moved = (Written(0, 0, 0), Moved([], Found())) if refused else await _write(turn, staged, met)
    return Result(
        met.head,
        faults,
        _counts(staged, faults, written, refused=refused),
        list(staged.intake.months),
        staged.intake.normalised(),
        moved.effects,
        [finding.document(definition) for finding in moved.found.findings],
        moved.found.total,
        refused,
    )


def _refused(asked: Push, faults: Faults) -> bool:
    return faults.rows > 0 and asked.mode is not PushMode.PARTIAL


async def _lock(turn: Turn, context: PushContext, asked: Push, read: _Read) -> _Locked:
    """Lock the head, unless it is already; who is refused anyway changes nothing, and neither waits nor lets others wait.

    What stands is asked in the same round trip, of a large push on another connection.
    """
    definition, refused = read.definition, _refused(asked, read.faults)
    months, foreseen = read.staged.intake.months, read.staged.intake.foreseen()
    today = context.clock.today(definition.campaign.timezone)
    ask = partial(ask_outlook, asked=asked, months=months, today=today)
    standing, outlook = Standing(turn.connection, asked.scope, definition), None
    aside = asked.bulk and foreseen is not None and not refused
    if turn.head:
        head, opened = turn.head, OpenMonths(turn.filled, {})
    else:
        async with in_pipeline(turn.connection):
            locked = await ask_head(turn.connection, asked.principal.campaign, lock=not refused)
            opening = await ask_months(turn.connection, asked.scope, months, asked.reason)
            if not (aside or refused):
                outlook = await ask(standing, foreseen)
            head, opened = await locked(), await opening()
    if aside and (beside := await turn.beside()):
        standing = Standing(beside, asked.scope, definition)
    return _Locked(read, head, opened, standing, outlook, ask)


async def _write(turn: Turn, staged: Staged, met: _Locked) -> tuple[Written, Moved]:
    """Write what was not refused, and compute meanwhile what it moves."""
    foreseen, beside = staged.intake.foreseen(), met.standing.connection is not turn.connection
    outlook = met.outlook or (None if beside else await met.ask_outlook(met.standing, foreseen))

    async def moves() -> Moved:
        return await (outlook or await met.ask_outlook(met.standing, foreseen)).moved(turn.connection, foreseen)

    async with turn.rehearsed():
        async with _meanwhile(moves, at_once=beside) as moving, turn.writing():
            wrote = await staged.write(turn.connection, met.head.version + 1, filled=bool(met.opened.filled))
            moved = await moving()
        written = await wrote()
        await explain(turn.connection, met.standing.scope, moved.found.findings)
    return written, moved


@asynccontextmanager
async def _meanwhile(work: Callable[[], Coroutine[Any, Any, R]], *, at_once: bool) -> AsyncIterator[Later[R]]:
    """Work that is awaited inside. What begins at once ends with the block, however that ends."""
    if not at_once:
        yield work
        return
    task = asyncio.create_task(work())
    try:
        yield lambda: task
    finally:
        task.cancel()
        await asyncio.wait([task])


def _refuse_nothing(asked: Push, staged: Staged) -> None:
    """A replacing push without a row takes everything back: that has to be meant."""
    if asked.mode is PushMode.REPLACE and staged.intake.received == 0 and not asked.allow_empty:
        message = Bilingual(
            zh="没有数据行：整月将被清空，确需如此请加 allow_empty=true",
            en="there is no row: the whole month would be taken back; add allow_empty=true if that is meant",
        )
        raise Schema(errors=[FieldError(where="body", code="empty_replacement", message=message)])


def _counts(staged: Staged, faults: Faults, written: Written, *, refused: bool) -> dict[str, int]:
    """Received = created + updated + unchanged + merged + rejected + withheld."""
    good = staged.intake.received - staged.intake.merged - faults.rows
    return {
        "received": staged.intake.received,
        "created": written.created,
        "updated": written.updated,
        "unchanged": 0 if refused else good - written.created - written.updated,
        "merged": staged.intake.merged,
        "rejected": faults.rows,
        "withheld": good if refused else 0,
        "retracted": written.retracted,
        "blank": staged.intake.blank,
    }


async def _conclude(connection: AsyncConnection, context: PushContext, asked: Push, result: Result) -> Outcome:
    """Take the version if anything changed, and record import, errors, answer and audit row."""
    now = context.clock.now()
    who, import_id = asked.principal, str(asked.import_id)
    version = result.head.version
    if result.changed and not asked.dry_run:
        version = await take_version(
            connection, result.head, kind=LedgerKind.IMPORT, subject=import_id, org=who.org, actor=who.client_id, now=now
        )
    document = await record(connection, asked, result, version, now)
    if asked.bulk:
        await forget(connection, asked)
    await audit.record(
        connection,
        campaign=who.campaign,
        org=who.org,
        actor=who.client_id,
        operation=asked.operation,
        subject=import_id,
        request_id=asked.request_id,
        now=now,
    )
    answer = StoredResponse(200 if asked.dry_run else 201, f"/v1/imports/{import_id}", document)
    if result.faults.rows:
        await record_faults(connection, asked, result)
        if not asked.dry_run:
            await kept_input.keep(connection, context.retention, asked, asked.import_id, now)
    if result.refused:
        return Outcome(answer, refusal=_refusal(asked, result))
    if asked.key and not asked.dry_run:
        await idempotency.store_response(connection, asked.scope, asked.key, asked.fingerprint, answer, now)
    return Outcome(answer)


def _refusal(asked: Push, result: Result) -> RowsRefused:
    received, rejected = result.counts["received"], result.counts["rejected"]
    return RowsRefused(
        f"{received} 行中有 {rejected} 行有误，全部未入库",
        f"{rejected} of {received} rows are wrong; none was stored",
        headers={"Location": f"/v1/imports/{asked.import_id}"},
        extra={"import_id": str(asked.import_id), "report": result.report()},
    )
