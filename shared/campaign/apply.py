"""Applies a definition to a campaign: the only writer of definitions and code numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from psycopg import AsyncConnection
from psycopg.types.json import Jsonb

from shared.campaign.blocks import EVERYBODY
from shared.campaign.definition import Definition
from shared.campaign.difference import Change, difference
from shared.campaign.reinterpretation import Refusal, Used, assignment_binds, doubtful, refusals
from shared.clock import Clock
from shared.database import audit
from shared.database.ledger import LedgerEnd, lock_campaign, take_version
from shared.database.sql import statement
from shared.vocabulary import LedgerKind

_SCOPE = "SELECT FROM gigacity_begin(%s, %s, 'campaign')"
_FOUND = "INSERT INTO campaign (campaign, version, definition_version, at) VALUES (%s, 0, 0, %s) ON CONFLICT DO NOTHING"
_STANDING = "SELECT digest, body FROM definition WHERE campaign = %s AND version = %s"
_CLOSE = "UPDATE definition SET until = %s WHERE campaign = %s AND until IS NULL"
_OPEN = "INSERT INTO definition (campaign, version, digest, body) VALUES (%s, %s, %s, %s)"
_POINT = "UPDATE campaign SET definition_version = %s WHERE campaign = %s"
_NUMBER = statement(__package__, "number")
_USED = statement(__package__, "used")


class ReinterpretationError(Exception):
    """The definition would give stored counts another meaning; nothing was changed."""

    def __init__(self, refused: list[Refusal]) -> None:
        super().__init__("\n".join(map(str, refused)))
        self.refusals = tuple(refused)


@dataclass(frozen=True, slots=True)
class Applied:
    """The result of applying a definition."""

    version: int  # the ledger version of the definition in force
    changes: tuple[Change, ...]
    changed: bool  # False: the definition was in force already, and no version was created


async def apply(connection: AsyncConnection, definition: Definition, actor: str, clock: Clock) -> Applied:
    """Put a definition in force, in one transaction of its own. `connection` is the owner's.

    The same definition again changes nothing. Raises ReinterpretationError if stored counts would change their meaning.
    """
    campaign, now = definition.campaign.code, clock.now()
    async with connection.transaction():
        await connection.execute(_SCOPE, [campaign, EVERYBODY])
        await connection.execute(_FOUND, [campaign, now - timedelta(microseconds=1)])  # the first version is of now
        ledger = await lock_campaign(connection, campaign)
        digest, old = await _standing(connection, ledger)
        if digest == definition.digest():
            return Applied(ledger.definition_version, (), changed=False)
        if old is not None:
            await _refuse_reinterpretation(connection, old, definition)
        subject = f"definition {definition.digest()[:12]}"
        version = await take_version(connection, ledger, kind=LedgerKind.DEFINITION, subject=subject, actor=actor, now=now)
        await _store(connection, definition, version)
        await audit.record(
            connection,
            campaign=campaign,
            org=EVERYBODY,
            actor=actor,
            operation="apply_definition",
            subject=str(version),
            request_id="",
            now=now,
        )
    return Applied(version, tuple(difference(old, definition)), changed=True)


async def _standing(connection: AsyncConnection, ledger: LedgerEnd) -> tuple[str | None, Definition | None]:
    row = await (await connection.execute(_STANDING, [ledger.campaign, ledger.definition_version])).fetchone()
    return (row[0], Definition.model_validate(row[1])) if row else (None, None)


async def _refuse_reinterpretation(connection: AsyncConnection, old: Definition, new: Definition) -> None:
    used = await _used(connection, old, doubtful(old, new))
    if refused := refusals(old, new, used):
        raise ReinterpretationError(refused)


async def _used(connection: AsyncConnection, old: Definition, doubted: Used) -> Used:
    """Return the codes, of those in question, under which anything is stored."""
    if doubted.is_empty:
        return Used()
    binds = {
        "campaign": old.campaign.code,
        "metrics": list(doubted.metrics),
        "areas": list(doubted.areas),
        "organisations": list(doubted.organisations),
        "blocks": list(doubted.blocks),
        **assignment_binds(old),
    }
    rows = await (await connection.execute(_USED, binds)).fetchall()
    by_kind = {kind: {code for its, code in rows if its == kind} for kind in ("metric", "area", "organisation", "block")}
    return Used(by_kind["metric"], by_kind["area"], by_kind["organisation"], by_kind["block"])


async def _store(connection: AsyncConnection, definition: Definition, version: int) -> None:
    campaign = definition.campaign.code
    await connection.execute(_CLOSE, [version, campaign])
    await connection.execute(_OPEN, [campaign, version, definition.digest(), Jsonb(definition.body())])
    await connection.execute(_POINT, [version, campaign])
    await _number(connection, campaign, "metric", (metric.code for metric in definition.metrics))
    await _number(connection, campaign, "area", (area.code for area in definition.areas))


async def _number(connection: AsyncConnection, campaign: str, kind: str, codes: Iterable[str]) -> None:
    """Give each new code the next number; a code keeps its number for ever."""
    await connection.execute(_NUMBER, {"campaign": campaign, "kind": kind, "codes": list(dict.fromkeys(codes))})
