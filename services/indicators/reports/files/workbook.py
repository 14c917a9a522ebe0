"""A report as a workbook with charts, for further calculation.

Values are written as they are displayed, truncated: a number format over the exact value could round it up to its target.
"""

import io
from datetime import datetime

import xlsxwriter  # type: ignore[import-untyped]

from services.indicators.reports.files import workbook_indicators as indicators
from services.indicators.reports.files import workbook_registry as registry
from services.indicators.reports.files import workbook_sheets as sheets
from services.indicators.reports.files.wording import ReportPart, ReportText
from services.indicators.reports.files.workbook_writer import ReportWorkbook
from shared.values.months import month_zh


def render_workbook_report(content: ReportPart, mark: str | None) -> bytes:
    """Return the file; `mark` is added to the title of every sheet."""
    out = io.BytesIO()
    title = f"{content['title']['zh']}（{month_zh(content['month'])}，第{content['number']}期）"
    issued = datetime.fromisoformat(content["issued_at"]).replace(tzinfo=None, microsecond=0)  # written as UTC
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as file:
        file.set_properties({"created": issued, "title": title, "author": content["author"]["zh"]})
        book = ReportWorkbook(file, ReportText(content), mark)
        indicators.write_targets(book, title)
        indicators.write_forecasts(book)
        indicators.write_months(book)
        indicators.write_areas(book)
        indicators.write_organisations(book)
        sheets.write_differences(book)
        sheets.write_cases(book)
        registry.write_tasks(book)
        registry.write_items(book)
        sheets.write_reporting(book)
        sheets.write_notes(book)
    return out.getvalue()
