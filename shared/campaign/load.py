"""Reads definitions from a campaign file or from the database."""

import tomllib
from pathlib import Path

from psycopg import AsyncConnection

from shared.campaign.applied import AppliedDefinition
from shared.campaign.definition import Definition
from shared.campaign.findings import DefinitionError, FileError, Text
from shared.campaign.proposed import of_body
from shared.problems import NotFound

CACHED = 64  # definitions kept, the oldest use goes first
_BODY = "SELECT body FROM definition WHERE campaign = %s AND version = %s"
_NUMBERS = "SELECT kind, code, number FROM code_number WHERE campaign = %s"


def load(path: Path) -> Definition:
    """Read and check a campaign file. Raises DefinitionError with all of its errors."""
    try:
        raw = tomllib.loads(path.read_bytes().decode())
    except OSError as absent:
        raise _unreadable(
            path,
            (f"无法读取：{absent.strerror}", f"cannot be read: {absent.strerror}"),
            (
                "请指定方案文件，如 campaigns/liangjiang-2022.toml",
                "name a campaign file, such as campaigns/liangjiang-2022.toml",
            ),
        ) from absent
    except UnicodeDecodeError as invalid:
        raise _unreadable(
            path,
            (f"第 {invalid.start} 字节不是 UTF-8", f"byte {invalid.start} is not UTF-8"),
            ("把文件存为 UTF-8", "save the file as UTF-8"),
        ) from invalid
    except tomllib.TOMLDecodeError as invalid:
        raise _unreadable(
            path, (f"不是 TOML：{invalid}", f"is not TOML: {invalid}"), ("改正该处语法", "correct the syntax there")
        ) from invalid
    return of_body(raw, str(path))


def _unreadable(path: Path, problem: Text, fix: Text) -> DefinitionError:
    return DefinitionError([FileError.of(str(path), "", problem, fix)])


class Definitions:
    """The definitions that a service has read. A version never changes, so each is read once."""

    def __init__(self) -> None:
        self._by_version: dict[tuple[str, int], AppliedDefinition] = {}

    async def at(self, connection: AsyncConnection, campaign: str, definition_version: int) -> AppliedDefinition:
        """Return the definition that the ledger's `definition_version` applied; raises NotFound if there is none.

        The connection's scope must be of the campaign.
        """
        key = (campaign, definition_version)
        definition = self._by_version.pop(key, None) or await _read(connection, campaign, definition_version)
        self._by_version[key] = definition  # now the most recently used
        while len(self._by_version) > CACHED:
            del self._by_version[next(iter(self._by_version))]
        return definition


async def numbers_of(connection: AsyncConnection, campaign: str) -> dict[tuple[str, str], int]:
    """Return the number of each (kind, code) that any definition of the campaign ever had."""
    rows = await (await connection.execute(_NUMBERS, [campaign])).fetchall()
    return {(kind, code): number for kind, code, number in rows}


async def _read(connection: AsyncConnection, campaign: str, version: int) -> AppliedDefinition:
    async with connection.pipeline():
        bodies = await connection.execute(_BODY, [campaign, version])
        number_of = await numbers_of(connection, campaign)
    body = await bodies.fetchone()
    if body is None:
        raise NotFound(
            zh=f"方案 {campaign} 没有版本 {version} 的配置。", en=f"Campaign {campaign} has no definition of version {version}."
        )
    return AppliedDefinition.of(
        definition := Definition.model_validate(body[0]),
        version=version,
        metric_numbers={metric.code: number_of["metric", metric.code] for metric in definition.metrics},
        area_numbers={area.code: number_of["area", area.code] for area in definition.areas},
    )
