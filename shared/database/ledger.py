"""The campaign's ledger: the head row orders all writers, each visible change takes the next version."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import NamedTuple

import psycopg
from psycopg import AsyncConnection

from shared.database.database import Later
from shared.problems import NotFound, Overloaded
from shared.vocabulary import LedgerKind

_HEAD = "SELECT version, definition_version, at FROM campaign WHERE campaign = %s"
_LOCK = f"{_HEAD} FOR UPDATE"
_LOCK_FREE = f"{_LOCK} SKIP LOCKED"
_ADVANCE = """
WITH head AS (UPDATE campaign SET version = %(version)s, at = %(at)s WHERE campaign = %(campaign)s)
INSERT INTO ledger (campaign, version, at, kind, subject, org, actor)
VALUES (%(campaign)s, %(version)s, %(at)s, %(kind)s, %(subject)s, %(org)s, %(actor)s)
"""


class Head(NamedTuple):
    """Where a campaign's ledger stands, most often while its row is locked."""

    campaign: str
    version: int
    definition_version: int
    at: datetime


async def lock_head(connection: AsyncConnection, campaign: str) -> Head:
    """Lock the campaign's head row until the transaction ends.

    A statement of its own, before any that compares or writes: later statements then see everything committed before.
    Raises `Overloaded` where somebody else keeps it longer than the lock timeout (1 s).
    """
    return await (await ask_head(connection, campaign))()


async def lock_free_head(connection: AsyncConnection, campaign: str) -> Head | None:
    """Lock the head row as `lock_head` does; None, without waiting, where somebody else keeps it."""
    row = await (await connection.execute(_LOCK_FREE, [campaign])).fetchone()
    return Head(campaign, *row) if row else None


async def ask_head(connection: AsyncConnection, campaign: str, *, lock: bool = True) -> Later[Head]:
    """Ask for the lock that `lock_head` waits for; in a pipeline, what is asked next is seen under the lock already.

    Without the lock it is just where the ledger stood, for whoever changes nothing.
    """
    with _in_time():
        found = await connection.execute(_LOCK if lock else _HEAD, [campaign])

    async def head() -> Head:
        with _in_time():
            row = await found.fetchone()
        if row is None:
            raise NotFound(zh=f"没有活动 {campaign}", en=f"there is no campaign {campaign}")
        return Head(campaign, *row)

    return head


@contextmanager
def _in_time() -> Iterator[None]:
    try:
        yield
    except psycopg.errors.LockNotAvailable as busy:
        raise Overloaded(
            "正在处理其他报送，请稍后重试", "another push is being applied; try again", headers={"Retry-After": "1"}
        ) from busy


async def take_version(
    connection: AsyncConnection, head: Head, *, kind: LedgerKind, subject: str, actor: str, now: datetime, org: str | None = None
) -> int:
    """Enter the next version into the ledger and move the head to it; returns the version."""
    version = head.version + 1
    at = max(now, head.at + timedelta(microseconds=1))  # never decreases, so an instant names one version
    entry = {"campaign": head.campaign, "version": version, "at": at, "kind": kind.value, "subject": subject}
    await connection.execute(_ADVANCE, entry | {"org": org, "actor": actor})
    return version
