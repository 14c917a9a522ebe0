"""Reads the sheets of a CSV file or workbook: the first stage of reading a table, whatever it contains."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import BinaryIO

from services.ingest.formats.media import Media
from services.ingest.formats.normalisations import NormalisationLog
from services.ingest.formats.rows import BodyLimits
from services.ingest.formats.sheets.csv_file import read_csv
from services.ingest.formats.sheets.errors_column import ErrorsColumn
from services.ingest.formats.sheets.sheet import CountKnownTitles, SheetPart, SheetStart
from services.ingest.formats.sheets.workbook import read_workbook


async def read_sheets(
    body: BinaryIO, media: Media, limits: BodyLimits, normalisations: NormalisationLog, count_known_titles: CountKnownTitles
) -> AsyncGenerator[SheetPart]:
    """Yield the start of each sheet, hidden ones too, and then its rows in portions; other tasks run between them.

    Raises Malformed, Schema or TooLarge if the file cannot be read, possibly after some of its rows. `count_known_titles`
    decides between the delimiters of a CSV file. Close the generator when leaving early.
    """
    is_workbook = media is Media.XLSX
    parts = read_workbook(body, limits) if is_workbook else read_csv(body, limits, normalisations, count_known_titles)
    errors_column = ErrorsColumn()
    async with aclosing(parts):
        async for part in parts:
            if isinstance(part, SheetStart):
                errors_column = ErrorsColumn()
                yield part
            else:
                yield errors_column.remove_from(part)
