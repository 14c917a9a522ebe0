"""A report in its formats. The same content gives the same bytes."""

from collections.abc import Callable, Mapping
from typing import Final

import orjson

from services.indicators.reports.files.letter import letter
from services.indicators.reports.files.wording import DRAFT_ZH, Document, month_zh
from services.indicators.reports.files.workbook import workbook
from shared.http import attachment
from shared.values import media_types

MEDIA_TYPES: Final = {"json": media_types.JSON, "xlsx": media_types.XLSX, "docx": media_types.DOCX}
FILES: Final = {media: {"schema": {"type": "string", "format": "binary"}} for media in (media_types.XLSX, media_types.DOCX)}
"""How the OpenAPI files describe them, beside the JSON."""
_MAKERS: Final[Mapping[str, Callable[[Document, str | None], bytes]]] = {"xlsx": workbook, "docx": letter}


def files_of(content: Document) -> dict[str, bytes]:
    """Every file by its ending. The others are made from what the JSON file says, so that they can be made from it again."""
    document = orjson.dumps(content)
    read = orjson.loads(document)
    return {"json": document} | {ending: make(read, None) for ending, make in _MAKERS.items()}


def draft_of(content: Document, ending: str) -> bytes:
    """One file of a report that is not issued; a reader sees on each page that it is not."""
    document = orjson.dumps(content)
    return document if ending == "json" else _MAKERS[ending](orjson.loads(document), DRAFT_ZH)


def disposition_of_draft(campaign: str, month: str, ending: str) -> dict[str, str]:
    """What a browser saves a file of a draft as."""
    plain = f"{campaign}-{month}-report-draft.{ending}"
    return attachment.content_disposition(plain, f"{campaign} {month_zh(month)}月报（送审稿）.{ending}")


def disposition(campaign: str, month: str, number: int, ending: str) -> dict[str, str]:
    """What a browser saves a file as."""
    plain = f"{campaign}-{month}-report-{number}.{ending}"
    return attachment.content_disposition(plain, f"{campaign} {month_zh(month)}月报（第{number}期）.{ending}")
