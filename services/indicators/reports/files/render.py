"""The files of a report: JSON, Word and Excel. The same content gives the same bytes."""

from collections.abc import Callable, Mapping
from typing import Final

import orjson

from services.indicators.reports.files.word_report import render_word_report
from services.indicators.reports.files.wording import DRAFT_ZH, ReportPart
from services.indicators.reports.files.workbook import render_workbook_report
from shared.http import attachment
from shared.values import media_types
from shared.values.months import month_zh

FILE_MEDIA_TYPES: Final = {"json": media_types.JSON, "xlsx": media_types.XLSX, "docx": media_types.DOCX}
_RENDERERS: Final[Mapping[str, Callable[[ReportPart, str | None], bytes]]] = {
    "xlsx": render_workbook_report,
    "docx": render_word_report,
}


def render_files(document: bytes) -> dict[str, bytes]:
    """Return every file by its extension, from the JSON file: so they can be rendered again."""
    parsed = orjson.loads(document)
    return {"json": document} | {extension: render(parsed, None) for extension, render in _RENDERERS.items()}


def render_draft(document: bytes, extension: str) -> bytes:
    """Return one file of a report that is not issued; Word and Excel files say so on each page."""
    return document if extension == "json" else _RENDERERS[extension](orjson.loads(document), DRAFT_ZH)


def draft_disposition(campaign: str, month: str, extension: str) -> dict[str, str]:
    """Return the header that names the file of a draft."""
    plain = f"{campaign}-{month}-report-draft.{extension}"
    return attachment.content_disposition(plain, f"{campaign} {month_zh(month)}月报（送审稿）.{extension}")


def report_disposition(campaign: str, month: str, number: int, extension: str) -> dict[str, str]:
    """Return the header that names the file of an issued report."""
    plain = f"{campaign}-{month}-report-{number}.{extension}"
    return attachment.content_disposition(plain, f"{campaign} {month_zh(month)}月报（第{number}期）.{extension}")
