"""The block of the monthly report: what an office's letterhead and imprint say."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from shared.campaign.blocks.block import Block
from shared.values.field_error import FieldValueError

_PLACEHOLDER = re.compile(r"\{(year|number)\}")


def _document_number(text: str) -> str:
    if set(_PLACEHOLDER.sub("", text)) & {"{", "}"}:
        raise FieldValueError("花括号内只能是 {year} 或 {number}", "may have {year} and {number} only in braces")
    return text


_Line = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class ReportForm(Block):
    """Parts of the monthly report as an official document, in Chinese; a part that is not set is not printed."""

    document_number: Annotated[_Line, AfterValidator(_document_number)] | None = None
    """发文字号, such as 两江千兆专班〔{year}〕{number}号."""
    signatory: _Line | None = None
    """签发人."""
    contact: _Line | None = None
    """联系人, with the telephone number."""
    copies_to: _Line | None = None
    """抄送."""
    printed_by: _Line | None = None
    """印发机关; printed with the date of issue."""

    def numbered(self, year: int, number: int) -> str | None:
        """Return the document number of a report."""
        values = {"year": str(year), "number": str(number)}
        return self.document_number and _PLACEHOLDER.sub(lambda name: values[name[1]], self.document_number)
