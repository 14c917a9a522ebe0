"""A report as a workbook with charts, for whoever goes on calculating. Pure: from its JSON content.

Figures are written as they are shown, cut: a number format over the exact value would round it into its target.
"""

import io
from datetime import datetime

import xlsxwriter  # type: ignore[import-untyped]

from services.indicators.reports.files import workbook_indicators as figures
from services.indicators.reports.files import workbook_sheets as rest
from services.indicators.reports.files.wording import ReportPart, ReportText, month_zh
from services.indicators.reports.files.workbook_writer import ReportWorkbook


def render_workbook_report(content: ReportPart, mark: str | None) -> bytes:
    """The file; `mark` stands on every sheet."""
    out = io.BytesIO()
    title = f"{content['title']['zh']}（{month_zh(content['month'])}，第{content['number']}期）"
    issued = datetime.fromisoformat(content["issued_at"]).replace(tzinfo=None, microsecond=0)  # the format knows no offset
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as file:
        file.set_properties({"created": issued, "title": title, "author": content["author"]["zh"]})
        book = ReportWorkbook(file, ReportText(content), mark)
        figures.write_targets(book, title)
        for write in (figures.write_forecasts, figures.write_months, figures.write_areas, figures.write_organisations):
            write(book)
        for write in (rest.write_differences, rest.write_cases, rest.write_tasks, rest.write_reporting, rest.write_notes):
            write(book)
    return out.getvalue()
