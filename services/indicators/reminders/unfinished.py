"""Reads who has not finished a month."""

from datetime import date, datetime

from services.indicators.completeness.owed import last_moves, owed_cells
from services.indicators.reading import Reading
from services.indicators.reminders.text import Unfinished


async def owing(read: Reading, month: date, at: datetime) -> dict[str, Unfinished]:
    """The month of each organisation that owes something of it, finished ones included, in the order of the campaign's file."""
    definition = read.definition
    cells = [cell for cell in await owed_cells(read, month, at) if not cell.voluntary]
    signed = await last_moves(read, month)
    return {
        each.code: Unfinished(definition, each.code, month, at, own, signed.get(each.code))
        for each in definition.organisations
        if (own := [cell for cell in cells if cell.org == each.code])
    }
