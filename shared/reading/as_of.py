"""Data versions that the parameter `as_of` names."""

import re
from datetime import datetime
from typing import Any

from psycopg import AsyncConnection

from shared.clock import Clock
from shared.database.database import Snapshot
from shared.problems import FieldError, FutureVersion, Schema
from shared.values.bilingual import Bilingual
from shared.values.pydantic_messages import CUT
from shared.vocabulary import FieldCode

_NUMBER = re.compile(r"[0-9]{1,15}")
_VERSION_AT = "SELECT version FROM ledger WHERE campaign = %s AND at <= %s ORDER BY version DESC LIMIT 1"
_TIMESTAMP_OF = "SELECT at FROM ledger WHERE campaign = %s AND version = %s"
_LATEST_TIMESTAMP = "SELECT at FROM campaign WHERE campaign = %s"
_DEFINITION_AT = "SELECT version FROM definition WHERE campaign = %s AND version <= %s ORDER BY version DESC LIMIT 1"
_BEFORE_THE_CAMPAIGN = Bilingual(zh="不得早于方案首次生效的时间", en="must not be before the campaign's first definition")
_NOT_A_VERSION = Bilingual(
    zh="应为数据版本，或带时区的时间，如 2022-09-06T10:00:00+08:00",
    en="must be a data version or a timestamp with offset, such as 2022-09-06T10:00:00+08:00",
)


async def resolve_as_of(
    snapshot: Snapshot, campaign: str, as_of: str, clock: Clock, parameter: str, *, sent: str | None = None
) -> tuple[int, int]:
    """Return the data version that `as_of` names, and the version of the definition that was in force then.

    Raises FutureVersion if there is no such version yet, Schema for text that is neither a version nor a timestamp and for
    versions before the campaign's first definition. `parameter` is the query parameter that errors refer to, and `sent` its
    text if `as_of` was made from another one.
    """
    version = await _data_version(snapshot, campaign, as_of, clock, parameter)
    definition = await _fetch_value(snapshot.connection, _DEFINITION_AT, [campaign, version])
    if definition is None:
        raise _error(parameter, FieldCode.BEFORE_THE_CAMPAIGN, _BEFORE_THE_CAMPAIGN, sent or as_of)
    return version, definition


async def as_of_timestamp(connection: AsyncConnection, campaign: str, as_of: str, version: int) -> datetime:
    """Return the timestamp that `as_of` gives, or that of the data version it names."""
    if version_number(as_of) is None:
        return parse_timestamp(as_of, "as_of")
    timestamp: datetime = await _fetch_value(connection, _TIMESTAMP_OF, [campaign, version])
    return timestamp


def version_number(as_of: str) -> int | None:
    """Return the data version if `as_of` is a number, None if it is a timestamp."""
    return int(as_of) if _NUMBER.fullmatch(as_of) else None


async def _data_version(snapshot: Snapshot, campaign: str, as_of: str, clock: Clock, parameter: str) -> int:
    if (number := version_number(as_of)) is not None:
        if number > snapshot.version:
            raise FutureVersion(f"最新数据版本为 {snapshot.version}。", f"The latest data version is {snapshot.version}.")
        return number
    timestamp = parse_timestamp(as_of, parameter)
    latest = await _fetch_value(snapshot.connection, _LATEST_TIMESTAMP, [campaign])  # may be microseconds ahead of the clock
    if timestamp > max(clock.now(), latest or clock.now()):
        raise FutureVersion("该时间尚未到来。", "The timestamp is in the future.")
    return await _fetch_value(snapshot.connection, _VERSION_AT, [campaign, timestamp]) or 0


def parse_timestamp(as_of: str, parameter: str, expected: Bilingual = _NOT_A_VERSION) -> datetime:
    """Return the timestamp that `as_of` gives; raises Schema for other text, with a message that says what is expected."""
    try:
        timestamp = datetime.fromisoformat(as_of.replace(" ", "+"))  # an unescaped + of the offset arrives as a space
    except ValueError:
        timestamp = None
    if timestamp is None or timestamp.tzinfo is None:
        raise _error(parameter, FieldCode.NOT_A_VERSION, expected, as_of)
    return timestamp


def _error(parameter: str, code: FieldCode, message: Bilingual, value: str) -> Schema:
    return Schema(errors=[FieldError(where=f"query.{parameter}", code=code, message=message, value=value[:CUT])])


async def _fetch_value(connection: AsyncConnection, sql: str, binds: list[object]) -> Any:  # noqa: ANN401 - the statement's column
    row = await (await connection.execute(sql, binds)).fetchone()
    return row[0] if row else None
