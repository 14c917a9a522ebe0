"""Reads parts of sheets as a register without a file and without a database."""

import asyncio
import io
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

import pytest

from services.ingest.formats.cells.cell import CellKind, SheetCell, TypedCell
from services.ingest.formats.media import Media
from services.ingest.formats.rows import BodyLimits, PassedOver
from services.ingest.formats.sheets.sheet import SheetPart, SheetRows, SheetStart
from services.ingest.push.dataset import PushRun
from services.ingest.push.row_errors import RowErrors
from services.ingest.push.sizes import SmallPush
from services.ingest.registers import tables
from services.ingest.registers.pushed_register import Entry
from services.ingest.registers.reading import read_register
from shared.campaign.applied import AppliedDefinition
from shared.campaign.load import load
from shared.registers import REGISTERS
from shared.vocabulary import RegisterCode
from tests.fixtures_campaign import CAMPAIGNS

_BLOCKS = load(CAMPAIGNS / "liangjiang-2022.toml")
DEFINITION = AppliedDefinition.of(
    _BLOCKS, version=1, metric_numbers={}, area_numbers={area.code: number for number, area in enumerate(_BLOCKS.areas)}
)


@dataclass(frozen=True)
class ReadRegister:
    """The rows that were read, each with its sheet and row, and the report."""

    rows: dict[tuple[str | None, int], Entry]
    errors: list[dict[str, Any]]
    passed_over: list[PassedOver]
    notes: dict[str, int]

    @property
    def cells(self) -> list[tuple[str | None, str]]:
        """Cell and code of every error, sorted."""
        return sorted((error["cell"], error["code"]) for error in self.errors)

    @property
    def passed(self) -> list[tuple[str, str | None, str]]:
        """Reason, cell and text of everything that was passed over."""
        return [(entry.reason.value, entry.cell, entry.text) for entry in self.passed_over]

    @property
    def values(self) -> list[dict[str, object]]:
        """The values of every row, in order."""
        return [entry.body for entry in self.rows.values()]


def sheet(start: SheetStart, *rows: Sequence[Any]) -> list[SheetPart]:
    """Return a sheet whose whole numbers are number cells, or texts in a CSV file."""
    cells: list[tuple[int, list[SheetCell]]] = [
        (number, [_cell(value, start) for value in row]) for number, row in enumerate(rows, 1)
    ]
    return [start, SheetRows(cells)]


def _cell(value: object, start: SheetStart) -> SheetCell:
    return str(value) if start.delimiter or not isinstance(value, int) else TypedCell(CellKind.NUMBER, str(value))


def read_parts(code: RegisterCode, org: str, parts: Sequence[SheetPart], month: date | None = None) -> ReadRegister:
    """Read sheets as an organisation's register."""

    async def sheets(*_: object) -> AsyncGenerator[SheetPart]:
        for part in parts:
            yield part

    body = SimpleNamespace(file=io.BytesIO(b"x"), size=1)
    principal = SimpleNamespace(org=org)
    request: Any = SimpleNamespace(media=Media.XLSX, principal=principal, month=month, body=body)
    service: Any = SimpleNamespace(limits=BodyLimits(), clock=SimpleNamespace(today=lambda _: date(2022, 9, 6)))
    connection: Any = None
    with RowErrors() as errors, pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "read_sheets", sheets)
        run = PushRun(connection, service, request, SmallPush(), DEFINITION, errors)
        pushed = asyncio.run(read_register(REGISTERS[code], run))
        pushed.finish()
        rows = {_place_of(errors, entry.number or 0): entry for entry in pushed.entries.values()}
        notes = {note.kind.value: note.count for note in pushed.notes.to_list()}
        return ReadRegister(rows, errors.first, pushed.passed_over, notes)


def _place_of(errors: RowErrors, number: int) -> tuple[str | None, int]:
    sheet_name, _, row = errors.locator.label(number).rpartition("!")
    return sheet_name or None, int(row)
