"""A report in its formats. The same content gives the same bytes."""

from collections.abc import Callable, Mapping
from typing import Final

import orjson

from services.indicators.reports.letter import letter
from services.indicators.reports.wording import Document
from services.indicators.reports.workbook import workbook
from shared import attachment
from shared.campaign.months import month_of

MEDIA_TYPES: Final = {"json": "application/json", "xlsx": attachment.XLSX, "docx": attachment.DOCX}
_MAKERS: Final[Mapping[str, Callable[[Document], bytes]]] = {"xlsx": workbook, "docx": letter}


def files_of(content: Document) -> dict[str, bytes]:
    """Every file by its ending. The others are made from what the JSON file says, so that they can be made from it again."""
    document = orjson.dumps(content)
    read = orjson.loads(document)
    return {"json": document} | {ending: make(read) for ending, make in _MAKERS.items()}


def disposition(campaign: str, month: str, number: int, ending: str) -> dict[str, str]:
    """What a browser saves a file as."""
    first = month_of(month)
    plain = f"{campaign}-{month}-report-{number}.{ending}"
    return attachment.disposition(plain, f"{campaign} {first.year}年{first.month}月月报（第{number}期）.{ending}")
