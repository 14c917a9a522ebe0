"""Tables of a register, CSV or XLSX, sheet by sheet."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from services.ingest.formats.layout.statements import StatementReader
from services.ingest.formats.rows import BodyLimits
from services.ingest.formats.sheets.origin import check_origin
from services.ingest.formats.sheets.read_sheets import read_sheets
from services.ingest.formats.sheets.sheet import SheetStart
from services.ingest.push.request import PushRequest
from services.ingest.push.sender import sender_defaults
from services.ingest.registers.hidden_sheet import HiddenSheet
from services.ingest.registers.pushed_register import PushedRegister, Record
from services.ingest.registers.register_header import DEFAULTED_COLUMNS, RegisterTitles
from services.ingest.registers.sheet import RegisterSheetReader
from services.ingest.registers.table import RegisterContext
from shared.problems import Schema
from shared.vocabulary import PassedOverReason


async def table_records(request: PushRequest, pushed: PushedRegister, limits: BodyLimits) -> AsyncGenerator[Record]:
    """Yield the records of all sheets with a table of the register. Raises Schema if there is none, or if columns are missing."""
    titles, sender = RegisterTitles(pushed.register), sender_defaults(request, pushed.definition)
    context = RegisterContext(titles, pushed, sender, StatementReader(pushed.definition.names, sender))
    sheets: list[RegisterSheetReader] = []
    current: RegisterSheetReader | HiddenSheet | None = None
    parts = read_sheets(request.body.file, request.media, limits, pushed.notes, titles.count_recognised)
    async with aclosing(parts):
        async for part in parts:
            if isinstance(part, SheetStart):
                for record in current.finish() if current else ():
                    yield record
                check_origin(part.properties, sender, pushed.notes)
                if part.is_visible:
                    current = RegisterSheetReader(part, context)
                    sheets.append(current)
                else:
                    current = HiddenSheet(part, titles, pushed)
            elif current:
                for record in current.read(part):
                    yield record
    for record in current.finish() if current else ():
        yield record
    _check_unread(sheets, titles, pushed)


def _check_unread(sheets: list[RegisterSheetReader], titles: RegisterTitles, pushed: PushedRegister) -> None:
    """Name the sheets that hold nothing of the register; raises Schema for one that was meant to, or if none has a table."""
    unread = [sheet for sheet in sheets if not sheet.has_table]
    nearest = max(unread, key=lambda sheet: len(sheet.nearest_header.columns), default=None)
    if nearest and (nearest.looks_meant or (len(unread) == len(sheets) and nearest.nearest_header.columns)):
        titles.check(nearest.nearest_header, nearest.name, known=tuple(DEFAULTED_COLUMNS))
    if len(unread) == len(sheets):
        told = titles.accepted()
        raise Schema(f"没有找到表头。{told.zh}。", f"No header row was found. {told.en}.")
    for sheet in [sheet for sheet in unread if not sheet.rejected_rows]:
        pushed.passed.add(PassedOverReason.SHEET, sheet.name, None, sheet.name or "")
