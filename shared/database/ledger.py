"""The campaign's ledger: one row of the campaign orders all writers, each visible change takes the next data version."""

from datetime import datetime, timedelta
from typing import NamedTuple

import psycopg
from psycopg import AsyncConnection

from shared.problems import NotFound, Overloaded
from shared.vocabulary import LedgerKind

_READ = "SELECT version, definition_version, at FROM campaign WHERE campaign = %s"
_LOCK = f"{_READ} FOR UPDATE"
_ADVANCE = """
WITH campaign_row AS (UPDATE campaign SET version = %(version)s, at = %(at)s WHERE campaign = %(campaign)s)
INSERT INTO ledger (campaign, version, at, kind, subject, org, actor)
VALUES (%(campaign)s, %(version)s, %(at)s, %(kind)s, %(subject)s, %(org)s, %(actor)s)
"""


class LedgerEnd(NamedTuple):
    """The end of a campaign's ledger: its latest data version and the definition in force."""

    campaign: str
    latest_version: int
    definition_version: int
    at: datetime  # of the latest version


async def lock_campaign(connection: AsyncConnection, campaign: str) -> LedgerEnd:
    """Lock the campaign's row until the transaction ends.

    This is a statement of its own, before any that compares or writes: later statements then see everything committed before.
    Raises `Overloaded` if another transaction holds the lock longer than the lock timeout (1 s).
    """
    try:
        return await _ledger(connection, _LOCK, campaign)
    except psycopg.errors.LockNotAvailable as busy:
        raise Overloaded(
            "正在处理其他导入，请稍后重试。",
            "Another push to this campaign is being processed; try again in 1 second.",
            headers={"Retry-After": "1"},
        ) from busy


async def read_ledger(connection: AsyncConnection, campaign: str) -> LedgerEnd:
    """Return the end of the ledger without a lock, for a transaction that changes nothing."""
    return await _ledger(connection, _READ, campaign)


async def _ledger(connection: AsyncConnection, sql: str, campaign: str) -> LedgerEnd:
    row = await (await connection.execute(sql, [campaign])).fetchone()
    if row is None:
        raise NotFound(zh=f"没有方案 {campaign}。", en=f"Campaign {campaign} does not exist.")
    return LedgerEnd(campaign, *row)


async def take_version(
    connection: AsyncConnection,
    ledger: LedgerEnd,
    *,
    kind: LedgerKind,
    subject: str,
    actor: str,
    now: datetime,
    org: str | None = None,
) -> int:
    """Enter the next data version into the ledger and return it."""
    version = ledger.latest_version + 1
    at = max(now, ledger.at + timedelta(microseconds=1))  # never decreases, so a timestamp names one version
    entry = {"campaign": ledger.campaign, "version": version, "at": at, "kind": kind.value, "subject": subject}
    await connection.execute(_ADVANCE, entry | {"org": org, "actor": actor})
    return version
