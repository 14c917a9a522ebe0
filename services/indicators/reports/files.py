"""A report in its formats. The same content gives the same bytes."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import orjson

from shared import attachment
from shared.campaign.months import month_of

Document = Mapping[str, Any]
MEDIA_TYPES: Final = {"json": "application/json"}
_MAKERS: Final[Mapping[str, Callable[[Document], bytes]]] = {}


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
