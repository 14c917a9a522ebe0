"""Which data version a question is about."""

import re
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from shared.clock import Clock
from shared.database.database import Snapshot
from shared.problems import FieldError, FutureVersion, Schema
from shared.values.bilingual import Bilingual
from shared.values.pydantic_messages import CUT

_VERSION = re.compile(r"[0-9]{1,15}")
_AT_INSTANT = "SELECT version FROM ledger WHERE campaign = %s AND at <= %s ORDER BY version DESC LIMIT 1"
_AT_VERSION = "SELECT at FROM ledger WHERE campaign = %s AND version = %s"
_LAST = "SELECT at FROM campaign WHERE campaign = %s"
_DEFINITION_AT = "SELECT version FROM definition WHERE campaign = %s AND version <= %s ORDER BY version DESC LIMIT 1"


async def resolve_as_of(
    snapshot: Snapshot, campaign: str, as_of: str | None, clock: Clock, parameter: str = "as_of"
) -> tuple[int, int]:
    """The data version that `as_of` names, and the definition's in force then; the snapshot's own where it names none.

    Raises `FutureVersion` above the head, `Schema` for what is neither a version nor an instant, and before the first definition.
    """
    if as_of is None:
        return snapshot.version, snapshot.definition_version
    version = await _version(snapshot, campaign, as_of, clock, parameter)
    definition = await _one(snapshot.connection, _DEFINITION_AT, [campaign, version])
    if definition is None:
        before = Bilingual(zh="当时方案尚未生效，没有数据", en="the campaign was not in force yet, and there was nothing to tell")
        raise _refused(parameter, "before_the_campaign", before, as_of)
    return version, definition


async def as_of_timestamp(connection: AsyncConnection, campaign: str, as_of: str, version: int) -> datetime:
    """The instant that an `as_of` stands for which was resolved to a version: its own, or the version's."""
    if _VERSION.fullmatch(as_of):
        at: datetime = await _one(connection, _AT_VERSION, [campaign, version])
        return at
    return _instant(as_of, "as_of")


async def _version(snapshot: Snapshot, campaign: str, as_of: str, clock: Clock, parameter: str) -> int:
    if _VERSION.fullmatch(as_of):
        if int(as_of) > snapshot.version:
            raise FutureVersion(f"最新数据版本为 {snapshot.version}", f"the newest data version is {snapshot.version}")
        return int(as_of)
    instant = _instant(as_of, parameter)
    last = await _one(snapshot.connection, _LAST, [campaign])  # may be microseconds ahead of the clock
    if instant > max(clock.now(), last or clock.now()):
        raise FutureVersion("该时刻尚未到来", "that instant has not come yet")
    return await _one(snapshot.connection, _AT_INSTANT, [campaign, instant]) or 0


def _instant(text: str, parameter: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text.replace(" ", "+"))  # an unescaped + of the offset arrives as a space
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        wanted = Bilingual(
            zh="请写数据版本，或带时区的时刻，如 2022-09-06T10:00:00+08:00",
            en="write a data version, or an instant with its offset: 2022-09-06T10:00:00+08:00",
        )
        raise _refused(parameter, "as_of", wanted, text)
    return instant


def _refused(parameter: str, code: str, message: Bilingual, value: str) -> Schema:
    return Schema(errors=[FieldError(where=f"query.{parameter}", code=code, message=message, value=value[:CUT])])


async def _one(connection: AsyncConnection, sql: str, binds: list[object]) -> Any:  # noqa: ANN401 - the statement's one column
    row = await (await connection.execute(sql, binds)).fetchone()
    return row[0] if row else None
