"""A report as a workbook with charts, for whoever goes on calculating. Pure: from its JSON content.

Figures are written as they are shown, cut: a number format over the exact value would round it into its target.
"""

import io
from datetime import datetime

import xlsxwriter  # type: ignore[import-untyped]

from services.indicators.reports.files import workbook_figures as figures
from services.indicators.reports.files import workbook_sheets as rest
from services.indicators.reports.files.wording import Document, Words, month_zh
from services.indicators.reports.files.workbook_grid import Book


def workbook(content: Document, mark: str | None) -> bytes:
    """The file; `mark` stands on every sheet."""
    out = io.BytesIO()
    title = f"{content['title']['zh']}（{month_zh(content['month'])}，第{content['number']}期）"
    issued = datetime.fromisoformat(content["issued_at"]).replace(tzinfo=None, microsecond=0)  # the format knows no offset
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as file:
        file.set_properties({"created": issued, "title": title, "author": content["author"]["zh"]})
        book = Book(file, Words(content), mark)
        figures.targets(book, title)
        for write in (figures.outlook, figures.months, figures.areas, figures.carriers):
            write(book)
        for write in (rest.differences, rest.cases, rest.tasks, rest.reporting, rest.notes):
            write(book)
    return out.getvalue()
