"""A template as CSV: UTF-8 with byte-order mark, for programs that take anything else for another encoding."""

import codecs
import csv
import io

from services.ingest.templates.template import CellFormat, CellValue, Template, TemplateColumn
from shared.values.formula_safe import formula_safe


def template_csv(form: Template) -> bytes:
    """The file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(column.title for column in form.columns)
    writer.writerows(map(_cell, form.columns, line.cells) for line in form.lines)
    return codecs.BOM_UTF8 + text.getvalue().encode()


def _cell(column: TemplateColumn, written: CellValue) -> str:
    if written is None:
        return ""
    if column.kind is CellFormat.MONTH and isinstance(written, str):
        # Excel saves 2022-08 as Aug-22; this it leaves as it is.
        return f"{written[:4]}年{int(written[5:])}月"
    return formula_safe(str(written))
