"""Templates as CSV: UTF-8 with byte-order mark, without which spreadsheet programs assume another encoding."""

import codecs
import csv
import io

from services.ingest.templates.template import CellFormat, Template, TemplateColumn, TemplateValue
from shared.values.formula_safe import formula_safe


def template_csv(template: Template) -> bytes:
    """Return the template as a CSV file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(column.title for column in template.columns)
    writer.writerows(map(_cell, template.columns, row.values) for row in template.rows)
    return codecs.BOM_UTF8 + text.getvalue().encode()


def _cell(column: TemplateColumn, value: TemplateValue) -> str:
    if value is None:
        return ""
    if column.format is CellFormat.MONTH and isinstance(value, str):
        # Excel turns 2022-08 into Aug-22 when it saves the file, but not 2022年8月.
        return f"{value[:4]}年{int(value[5:])}月"
    return formula_safe(str(value))
