"""A push, from the spooled body to the import that is recorded: one transaction, the answer built before it ends."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from services.ingest.asked import Desk, Push
from services.ingest.entitlement import Entitlement
from services.ingest.faults import Faults
from services.ingest.intake import Intake
from services.ingest.judge import judge
from services.ingest.receipt import Result, record, record_faults
from services.ingest.staging import months_with_counts, stage, write
from shared import audit, idempotency
from shared.campaign.loaded import LoadedDefinition
from shared.idempotency import Answer
from shared.ledger import lock_head, take_version
from shared.problems import NotFound, Overloaded, RowsRefused
from shared.sql import statement
from shared.vocabulary import LedgerKind

_SAME = statement(__package__, "same_request")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the sender hears once the transaction is committed: an answer, or a refusal that was recorded."""

    answer: Answer
    replayed: bool = False
    refusal: RowsRefused | None = None


async def push(connection: AsyncConnection, desk: Desk, asked: Push) -> Outcome:
    """Carry out a push inside the open transaction.

    Raises `MonthClosed`, `StillRunning`, `IdempotencyMismatch` and the formats' problems, all without effect.
    """
    if asked.key:
        earlier = await idempotency.earlier(connection, asked.scope, asked.key, asked.fingerprint)
        if earlier:
            return Outcome(earlier, replayed=True)
    met = await _meet(connection, asked)
    if met.same_as:
        head = await lock_head(connection, asked.principal.campaign)
        met = await _meet(connection, asked)  # again, now that nobody else can move anything
        if met.same_as:
            with Faults() as none:
                return await _conclude(connection, desk, asked, Result(head, none, _again(met.counts), same_as=met.same_as))
    loaded = await desk.definitions.at(connection, asked.principal.campaign, met.definition_version)
    with Faults() as faults:
        return await _conclude(connection, desk, asked, await _apply(connection, desk, asked, loaded, faults))


class _Met(NamedTuple):
    """What a push meets before its body is read."""

    definition_version: int
    same_as: UUID | None  # the import of the same request, where nothing has moved since
    counts: dict[str, int]


async def _meet(connection: AsyncConnection, asked: Push) -> _Met:
    binds = {"campaign": asked.scope.campaign, "org": asked.scope.org, "request": asked.fingerprint}
    row = await (await connection.execute(_SAME, binds)).fetchone()
    if row is None:
        raise NotFound
    return _Met(*row)


def _again(counts: dict[str, int]) -> dict[str, int]:
    """The counts of a body that came before, with nothing newer in between."""
    return {
        "received": counts["received"],
        "created": 0,
        "updated": 0,
        "unchanged": counts["created"] + counts["updated"] + counts["unchanged"],
        "merged": counts["merged"],
        "rejected": 0,
        "withheld": 0,
        "retracted": 0,
        "blank": counts["blank"],
    }


async def _apply(connection: AsyncConnection, desk: Desk, asked: Push, loaded: LoadedDefinition, faults: Faults) -> Result:
    today = desk.clock.today(loaded.definition.campaign.timezone)
    intake = Intake(Entitlement(loaded, asked.principal.org, today), faults, width=max(loaded.area_numbers.values()) + 1)
    await stage(connection, desk, asked, loaded, intake)
    head = await lock_head(connection, asked.principal.campaign)
    filled = await months_with_counts(connection, asked.scope, intake.months)
    if head.definition_version != loaded.version:
        raise Overloaded("口径刚刚更新，请重试", "the definition was changed meanwhile; try again", headers={"Retry-After": "0"})
    intake.finish()
    await judge(connection, asked.scope, loaded, intake)
    created = updated = 0
    if not faults.rows:
        created, updated = await write(connection, asked.scope, head.version + 1, filled=bool(filled))
    counts = {
        "received": intake.received,
        "created": created,
        "updated": updated,
        "unchanged": 0 if faults.rows else intake.staged - created - updated,
        "merged": intake.merged,
        "rejected": faults.rows,
        "withheld": intake.received - intake.merged - faults.rows if faults.rows else 0,
        "retracted": 0,
        "blank": intake.blank,
    }
    return Result(head, faults, counts, intake.months, intake.normalised())


async def _conclude(connection: AsyncConnection, desk: Desk, asked: Push, result: Result) -> Outcome:
    """Take the version if anything changed, and record import, errors, answer and audit row."""
    now = desk.clock.now()
    who, import_id = asked.principal, str(result.import_id)
    async with connection.pipeline():
        version = result.head.version
        if result.changed:
            version = await take_version(
                connection, result.head, kind=LedgerKind.IMPORT, subject=import_id, org=who.org, actor=who.client_id, now=now
            )
        document = await record(connection, asked, result, version, now)
        await audit.record(
            connection,
            campaign=who.campaign,
            org=who.org,
            actor=who.client_id,
            operation="push_observations",
            subject=import_id,
            request_id=asked.request_id,
            now=now,
        )
    answer = Answer(201, f"/v1/imports/{import_id}", document)
    if result.faults.rows:
        await record_faults(connection, asked, result)
        return Outcome(answer, refusal=_refusal(result))
    if asked.key:
        await idempotency.keep(connection, asked.scope, asked.key, asked.fingerprint, answer, now)
    return Outcome(answer)


def _refusal(result: Result) -> RowsRefused:
    received, rejected = result.counts["received"], result.counts["rejected"]
    return RowsRefused(
        f"{received} 行中有 {rejected} 行有误，全部未入库",
        f"{rejected} of {received} rows are wrong; none was stored",
        headers={"Location": f"/v1/imports/{result.import_id}"},
        extra={"import_id": str(result.import_id), "report": result.report()},
    )
