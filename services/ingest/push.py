"""A push, from the spooled body to the import that is recorded: one transaction, the answer built before it ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import orjson
from psycopg import AsyncConnection

from services.ingest.asked import Desk, Push
from services.ingest.entitlement import Entitlement
from services.ingest.faults import Faults
from services.ingest.intake import Intake
from services.ingest.judge import judge
from services.ingest.receipt import document_of, record_faults, record_import, report_of
from services.ingest.staging import months_with_counts, stage, write
from shared import audit, idempotency
from shared.campaign.loaded import LoadedDefinition
from shared.idempotency import Answer
from shared.ledger import Head, lock_head, take_version
from shared.problems import NotFound, Overloaded, RowsRefused
from shared.sql import statement
from shared.uuid7 import uuid7
from shared.vocabulary import LedgerKind

_SAME = statement(__package__, "same_request")
_DEFINITION = "SELECT definition_version FROM campaign WHERE campaign = %s"


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
    if await _same(connection, asked):
        head = await lock_head(connection, asked.principal.campaign)
        same = await _same(connection, asked)  # again, now that nobody else can move anything
        if same:
            return await _repeat(connection, desk, asked, head, *same)
    with Faults() as faults:
        return await _apply(connection, desk, asked, faults)


async def _same(connection: AsyncConnection, asked: Push) -> tuple[UUID, dict[str, int]] | None:
    binds = {"campaign": asked.scope.campaign, "org": asked.scope.org, "request": asked.fingerprint}
    row = await (await connection.execute(_SAME, binds)).fetchone()
    return (row[0], row[1]) if row else None


async def _repeat(
    connection: AsyncConnection, desk: Desk, asked: Push, head: Head, same_as: UUID, counts: dict[str, int]
) -> Outcome:
    """The same body again with nothing newer in between: recorded, and nothing to compare."""
    unchanged = counts["created"] + counts["updated"] + counts["unchanged"]
    again = counts | {"created": 0, "updated": 0, "unchanged": unchanged}
    with Faults() as faults:
        return await _conclude(connection, desk, asked, head, faults, again, same_as=same_as)


async def _apply(connection: AsyncConnection, desk: Desk, asked: Push, faults: Faults) -> Outcome:
    loaded = await _definition(connection, desk, asked)
    today = desk.clock.today(loaded.definition.campaign.timezone)
    intake = Intake(Entitlement(loaded, asked.principal.org, today), faults, width=max(loaded.area_numbers.values()) + 1)
    await stage(connection, desk, asked, loaded, intake)
    head = await lock_head(connection, asked.principal.campaign)
    if head.definition_version != loaded.version:
        raise Overloaded("口径刚刚更新，请重试", "the definition was changed meanwhile; try again", headers={"Retry-After": "0"})
    filled = await months_with_counts(connection, asked.scope, intake.months)
    intake.finish()
    await judge(connection, asked.scope, loaded, intake)
    created = updated = 0
    if not faults.rows:
        created, updated = await write(connection, asked.scope, head.version + 1, intake, filled)
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
    return await _conclude(connection, desk, asked, head, faults, counts, intake.normalised(), intake.months)


async def _definition(connection: AsyncConnection, desk: Desk, asked: Push) -> LoadedDefinition:
    row = await (await connection.execute(_DEFINITION, [asked.principal.campaign])).fetchone()
    if row is None:
        raise NotFound
    return await desk.definitions.at(connection, asked.principal.campaign, row[0])


async def _conclude(  # noqa: PLR0913 - everything the receipt tells
    connection: AsyncConnection,
    desk: Desk,
    asked: Push,
    head: Head,
    faults: Faults,
    counts: dict[str, int],
    normalisations: Iterable[dict[str, object]] = (),
    months: list[date] | None = None,
    *,
    same_as: UUID | None = None,
) -> Outcome:
    """Take the version if anything changed, and record import, errors, answer and audit row."""
    import_id = uuid7()
    now = desk.clock.now()
    version = head.version
    if counts["created"] + counts["updated"]:
        version = await take_version(
            connection,
            head,
            kind=LedgerKind.IMPORT,
            subject=str(import_id),
            org=asked.principal.org,
            actor=asked.principal.client_id,
            now=now,
        )
    report = report_of(counts, faults, normalisations, same_as)
    document = document_of(asked, import_id, head, version, months or [], report)
    answer = Answer(201, f"/v1/imports/{import_id}", orjson.dumps(document))
    await record_import(connection, asked, import_id, document, answer.body, now)
    await audit.record(
        connection,
        campaign=asked.principal.campaign,
        org=asked.principal.org,
        actor=asked.principal.client_id,
        operation="push_observations",
        subject=str(import_id),
        request_id=asked.request_id,
        now=now,
    )
    if faults.rows:
        await record_faults(connection, asked, import_id, faults)
        return Outcome(answer, refusal=_refusal(import_id, counts, report))
    if asked.key:
        await idempotency.keep(connection, asked.scope, asked.key, asked.fingerprint, answer, now)
    return Outcome(answer)


def _refusal(import_id: UUID, counts: dict[str, int], report: dict[str, object]) -> RowsRefused:
    return RowsRefused(
        f"{counts['received']} 行中有 {counts['rejected']} 行有误，全部未入库",
        f"{counts['rejected']} of {counts['received']} rows are wrong; none was stored",
        headers={"Location": f"/v1/imports/{import_id}"},
        extra={"import_id": str(import_id), "report": report},
    )
